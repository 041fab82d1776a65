package io.tenantry.worker.request;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.step.BringToVersion;
import io.tenantry.worker.step.ClaimDatabase;
import io.tenantry.worker.step.ClaimSchema;
import io.tenantry.worker.step.FastPath;
import io.tenantry.worker.step.RequireHome;
import io.tenantry.worker.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code tenant.created} means: a home in each database, at the newest version. */
final class Onboarding {
    private final Fleet fleet;

    /** @param fleet the databases that a new tenant may get a home in */
    Onboarding(Fleet fleet) {
        this.fleet = fleet;
    }

    /**
     * The homes to work on and their steps, or why there are none. If a database is full, the tenant gets no new home; those that
     * it has are worked on, unless the request names databases.
     *
     * @param known what the registry has of the tenant
     */
    Resolution resolve(TenantCreated request, TenantRecord known) {
        for (String name : request.databases()) {
            Optional<NamedDatabase> database = fleet.database(name);
            if (database.isEmpty() || database.get().isShared()) {
                return new Resolution.Refused(unknown(name, database.isPresent()));
            }
        }
        Map<String, String> full = known.placements().full();
        boolean newOnes = full.isEmpty();
        if (!newOnes && !(request.databases().isEmpty() && hasHome(known))) {
            return new Resolution.Refused(full(full, "nothing was done"));
        }
        List<HomeWork> homes = new ArrayList<>();
        List<DatabaseResult> leftOut = new ArrayList<>();
        for (NamedDatabase database : fleet.databases()) {
            boolean wanted =
                    request.databases().isEmpty() || request.databases().contains(database.name());
            if (!wanted || database.isShared()) {
                continue;
            }
            if (newOnes || known.home(database.name()).isPresent()) {
                Optional<ResultError> lost = serverThatIsGone(database, request.tenant(), known);
                if (lost.isPresent()) {
                    return new Resolution.Refused(lost.get());
                }
                homes.add(work(database, request.tenant(), known));
            } else {
                leftOut.add(withoutRoom(database, request.tenant(), full));
            }
        }
        return new Resolution.Work(homes, leftOut);
    }

    /** Whether the tenant has one in a database of the configuration. */
    private boolean hasHome(TenantRecord known) {
        return fleet.databases().stream()
                .anyMatch(database ->
                        !database.isShared() && known.home(database.name()).isPresent());
    }

    private static DatabaseResult withoutRoom(NamedDatabase database, String tenant, Map<String, String> full) {
        TenantHome home = database.homeOf(tenant, database.first().name());
        return new DatabaseResult(
                home.database(),
                home.server(),
                home.location(),
                Outcome.SKIPPED,
                null,
                null,
                List.of(),
                0,
                full(full, "the tenant got no new home, and those that it has were seen to"));
    }

    private HomeWork work(NamedDatabase database, String tenant, TenantRecord known) {
        // A registered home stays where it is, also after the configured location has changed.
        for (RegisteredHome registered : known.homes()) {
            Optional<Server> server = fleet.server(registered.server());
            if (registered.database().equals(database.name()) && server.isPresent()) {
                TenantHome home = database.home(tenant, registered.server(), registered.location());
                return work(database, home, server.get(), true);
            }
        }
        Optional<Server> placed = known.placements().server(database.name()).flatMap(fleet::server);
        Server server = database.isPlaced()
                ? placed.orElseThrow()
                : placed.orElse(database.first().server());
        TenantHome home = database.homeOf(tenant, server.name());
        return work(database, home, server, home.isolation() == Isolation.DATABASE);
    }

    /** @param exists whether the home is expected to be there when its steps begin */
    private static HomeWork work(NamedDatabase database, TenantHome home, Server server, boolean exists) {
        VersionTracker tracker = new VersionTracker();
        Target latest = new Target.Latest();
        Migrator migrator = database.migratorOn(server.name());
        FastPath fastPath =
                exists ? FastPath.upgrade(migrator, latest, null, tracker) : FastPath.creation(migrator, tracker);
        Step last = new BringToVersion(migrator, latest, tracker);
        if (home.isolation() != Isolation.DATABASE) {
            return new HomeWork(home, server, null, fastPath, List.of(new ClaimSchema(), last), tracker);
        }
        @Nullable TemplateDatabase template = database.templateOn(server.name());
        Step provisioning = new ClaimDatabase(template, tracker);
        return new HomeWork(home, server, provisioning, fastPath, List.of(new RequireHome(), last), tracker);
    }

    private Optional<ResultError> serverThatIsGone(NamedDatabase database, String tenant, TenantRecord known) {
        Optional<RegisteredHome> home = known.home(database.name());
        Optional<String> server = home.map(RegisteredHome::server)
                .or(() -> known.placements().server(database.name()))
                .filter(name -> fleet.server(name).isEmpty());
        return server.map(name -> ResultError.of(
                ErrorCode.UNKNOWN_DATABASE,
                "tenant " + tenant
                        + (home.isPresent() ? " has its home in database " : " was placed in database ")
                        + database.name() + " on server " + name
                        + ", which is not in the configuration; nothing was done: configure the server"
                        + (home.isPresent()
                                ? ""
                                : ", or, if an earlier try of its signup made nothing there, run `tenantry tenants forget "
                                        + tenant
                                        + "`; then send the signup again with a new id")));
    }

    private static ResultError full(Map<String, String> databases, String consequence) {
        return ResultError.of(
                ErrorCode.TENANT_LIMIT,
                databases.entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(database -> "the servers of database " + database.getKey()
                                        + " have as many tenants as they may have (" + database.getValue() + ")")
                                .collect(Collectors.joining("; "))
                        + "; " + consequence
                        + ": raise max-tenants there, or add a server, then send the signup again with a"
                        + " new id");
    }

    private ResultError unknown(String name, boolean shared) {
        return ResultError.of(
                ErrorCode.UNKNOWN_DATABASE,
                "database " + name
                        + (shared ? " is shared, and has no homes of tenants" : " is not in the configuration")
                        + "; nothing was done. The configured databases are " + fleet.names());
    }
}
