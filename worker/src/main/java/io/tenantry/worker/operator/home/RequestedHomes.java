package io.tenantry.worker.operator.home;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.TenantRecord;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The homes that requests are for, as a worker finds them: by the registry and the settings. */
final class RequestedHomes {
    private static final int TOGETHER = 500;

    private final Settings settings;

    RequestedHomes(Settings settings) {
        this.settings = settings;
    }

    /**
     * A home, or why there is none.
     *
     * @param home empty if {@code refused} is present
     */
    record Found(Optional<TenantHome> home, Optional<HomePlan> refused) {
        private static Found of(TenantHome home) {
            return new Found(Optional.of(home), Optional.empty());
        }

        private static Found refused(String tenant, String database, ErrorCode code, String reason) {
            return new Found(
                    Optional.empty(),
                    Optional.of(HomePlan.failed(
                            tenant, database.isEmpty() ? null : database, ResultError.of(code, reason))));
        }
    }

    /** In the order of the requests, and of the configured databases. */
    List<Found> of(List<MigrationRequested> requests, Registry registry) throws SQLException {
        List<Found> found = new ArrayList<>();
        for (int from = 0; from < requests.size(); from += TOGETHER) {
            List<MigrationRequested> some = requests.subList(from, Math.min(requests.size(), from + TOGETHER));
            List<TenantRecord> known =
                    registry.lookUp(some.stream().map(RequestedHomes::lookUp).toList());
            for (int i = 0; i < some.size(); i++) {
                found.addAll(of(some.get(i), known.get(i)));
            }
        }
        return found;
    }

    /** The identity is empty: the request was not sent. */
    private static LookUp lookUp(MigrationRequested request) {
        return new LookUp(
                new RequestRef("", "", EventType.MIGRATION_REQUESTED.type(), "", 0, 0),
                request.tenant(),
                request.database());
    }

    private List<Found> of(MigrationRequested request, TenantRecord known) {
        String tenant = request.tenant();
        if (tenant == null) {
            return settings.databases().stream()
                    .filter(database -> database.name().equals(request.database()))
                    .map(database -> Found.of(new TenantHome(
                            null, database.name(), database.firstServer(), database.location(), database.isolation())))
                    .toList();
        }
        if (!known.registered()) {
            return List.of(Found.refused(
                    tenant,
                    "",
                    ErrorCode.UNKNOWN_TENANT,
                    "tenant " + tenant + " is not registered: a worker waits "
                            + settings.worker().unknownTenantGrace().toSeconds()
                            + " s for its onboarding, and then fails the request"));
        }
        List<Found> homes = new ArrayList<>();
        for (DatabaseSettings database : settings.databases()) {
            Optional<RegisteredHome> home = known.home(database.name());
            boolean named = request.databases().contains(database.name());
            if (home.isPresent() && (named || request.databases().isEmpty())) {
                homes.add(of(tenant, database, home.get()));
            } else if (named) {
                homes.add(Found.refused(
                        tenant,
                        database.name(),
                        ErrorCode.UNKNOWN_DATABASE,
                        "tenant " + tenant + " has no home in database " + database.name()
                                + ": onboard it there first"));
            }
        }
        return homes;
    }

    private Found of(String tenant, DatabaseSettings database, RegisteredHome home) {
        if (!settings.servers().containsKey(home.server())) {
            return Found.refused(
                    tenant,
                    database.name(),
                    ErrorCode.UNKNOWN_DATABASE,
                    "tenant " + tenant + " is registered on server " + home.server()
                            + ", which is not in the configuration: configure the server");
        }
        return Found.of(new TenantHome(tenant, database.name(), home.server(), home.location(), database.isolation()));
    }
}
