package io.tenantry.worker.request;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.step.BringToVersion;
import io.tenantry.worker.step.ClaimSchema;
import io.tenantry.worker.step.FastPath;
import io.tenantry.worker.step.RequireHome;
import io.tenantry.worker.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code migration.requested} means: the tenant's homes, or those it names, or a shared database, at the target
 * version.
 */
final class Upgrade {
    private final Fleet fleet;

    /** @param fleet the databases that the homes are in */
    Upgrade(Fleet fleet) {
        this.fleet = fleet;
    }

    /**
     * The homes to work on and their steps, or why there are none.
     *
     * @param known what the registry has of the tenant
     */
    Resolution resolve(MigrationRequested request, TenantRecord known) {
        if (request.tenant() == null) {
            return shared(request, String.valueOf(request.database()), known);
        }
        String tenant = request.tenant();
        for (String name : request.databases()) {
            Optional<NamedDatabase> database = fleet.database(name);
            if (database.isEmpty()) {
                return refused("database " + name
                        + " is not in the configuration; nothing was done. The configured databases are "
                        + fleet.names());
            }
            if (database.get().isShared()) {
                return refused("database " + name
                        + " is shared, and has no homes of tenants; nothing was done: request its migration by itself, with"
                        + " database and without tenant");
            }
        }
        if (!known.registered()) {
            return new Resolution.NotYet(
                    ResultError.of(
                            ErrorCode.UNKNOWN_TENANT,
                            "tenant " + tenant
                                    + " is not registered; nothing was done: publish tenant.created for it, then the migration again"));
        }
        return work(request, tenant, known);
    }

    private Resolution shared(MigrationRequested request, String name, TenantRecord known) {
        Optional<NamedDatabase> database = fleet.database(name).filter(NamedDatabase::isShared);
        if (database.isEmpty()) {
            return refused("database " + name
                    + " is not a shared database of the configuration; nothing was done. The configured databases are "
                    + fleet.names());
        }
        TenantHome home = database.get().shared();
        // If it was migrated there and is gone now, no empty one is made in its place.
        boolean migratedThere = known.homes().stream()
                .anyMatch(registered -> registered.server().equals(home.server())
                        && registered.location().equals(home.location()));
        Step first = migratedThere ? new RequireHome() : new ClaimSchema();
        return new Resolution.Work(List.of(work(
                database.get(),
                home,
                database.get().first().server(),
                first,
                Target.of(request.targetOf(name)),
                null)));
    }

    private Resolution work(MigrationRequested request, String tenant, TenantRecord known) {
        List<HomeWork> homes = new ArrayList<>();
        for (NamedDatabase database : fleet.databases()) {
            if (!request.databases().isEmpty() && !request.databases().contains(database.name())) {
                continue;
            }
            Optional<RegisteredHome> home = known.home(database.name());
            if (home.isEmpty()) {
                if (request.databases().isEmpty()) {
                    continue;
                }
                // Its onboarding may come later, as for a tenant that is not registered yet.
                return new Resolution.NotYet(ResultError.of(
                        ErrorCode.UNKNOWN_DATABASE,
                        "tenant " + tenant + " has no home in database " + database.name()
                                + "; nothing was done: onboard it there first, with tenant.created and databases"));
            }
            Optional<Server> server = fleet.server(home.get().server());
            if (server.isEmpty()) {
                return refused("tenant " + tenant + " is registered on server "
                        + home.get().server()
                        + ", which is not in the configuration; nothing was done: configure the server");
            }
            homes.add(work(
                    database,
                    database.home(tenant, server.get().name(), home.get().location()),
                    server.get(),
                    new RequireHome(),
                    Target.of(request.targetOf(database.name())),
                    home.get().version()));
        }
        return new Resolution.Work(homes);
    }

    /** @param registered the version that the registry has; null if unknown */
    private static HomeWork work(
            NamedDatabase database,
            TenantHome home,
            Server server,
            Step first,
            Target target,
            @Nullable String registered) {
        VersionTracker tracker = new VersionTracker();
        Migrator migrator = database.migratorOn(server.name());
        return new HomeWork(
                home,
                server,
                null,
                FastPath.upgrade(migrator, target, registered, tracker),
                List.of(first, new BringToVersion(migrator, target, tracker)),
                tracker);
    }

    private static Resolution refused(String message) {
        return new Resolution.Refused(ResultError.of(ErrorCode.UNKNOWN_DATABASE, message));
    }
}
