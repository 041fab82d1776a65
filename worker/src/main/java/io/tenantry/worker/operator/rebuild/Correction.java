package io.tenantry.worker.operator.rebuild;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.operator.rebuild.Finding.Kind;
import io.tenantry.worker.operator.rebuild.HomeLook.Seen;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.HomeRows;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.Registry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Writes what a home is, or that it is gone, while this process holds the home's lock; reads it again before. */
final class Correction {
    private static final String BUSY = "another session works on it now; nothing was written: run this again";

    private final Registry registry;
    private final LeasedServers servers;
    private final Catalogs catalogs;
    private final HomeRows rows = new HomeRows();

    Correction(Registry registry, LeasedServers servers, Catalogs catalogs) {
        this.registry = registry;
        this.servers = servers;
        this.catalogs = catalogs;
    }

    /** Writes the row of a home that is there. */
    Finding write(Finding finding, TenantHome home) throws SQLException {
        Server server = servers.server(home.server());
        Optional<MigrationCatalog> catalog = catalogs.find(home.database(), server);
        try (HomeSession session = HomeSession.open(server, home)) {
            Optional<LockedHome> locked = session.tryLock();
            if (locked.isEmpty()) {
                return finding.with(Kind.UNREADABLE, BUSY);
            }
            Seen seen = HomeLook.see(session, catalog);
            if (!seen.there()) {
                return finding.with(Kind.UNREADABLE, "it changed meanwhile; nothing was written: run this again");
            }
            write(home, seen, locked.get().lockedAt());
            return finding.asWritten();
        }
    }

    private void write(TenantHome home, Seen seen, Instant lockedAt) throws SQLException {
        String shared = home.tenant() == null ? home.database() : null;
        Optional<RegisteredHome> row = registry.lookUp(List.of(Inventory.lookUp(home.tenant(), shared)))
                .get(0)
                .home(home.database());
        RegisteredHome now = new RegisteredHome(
                home.tenant(),
                home.database(),
                home.server(),
                home.location(),
                seen.version(),
                seen.fingerprint(),
                lockedAt,
                row.map(RegisteredHome::observedAt).orElse(null));
        registry.inTransaction(connection -> {
            rows.write(connection, now);
            return true;
        });
    }

    /** Deletes the row of a home that is not there. */
    Finding prune(Finding finding, RegisteredHome row, TenantHome place) throws SQLException {
        try (HomeSession session = HomeSession.openForProvisioning(servers.server(place.server()), place)) {
            if (session.tryLock().isEmpty()) {
                return finding.with(Kind.UNREADABLE, BUSY);
            }
            if (!(session.inspect() instanceof HomeState.Missing)) {
                return finding.with(Kind.UNREADABLE, "it is there now; nothing was deleted: run this again");
            }
            boolean deleted = registry.inTransaction(connection -> rows.delete(connection, row));
            return deleted
                    ? finding.asWritten()
                    : finding.with(Kind.UNREADABLE, "its row has changed meanwhile; run this again");
        }
    }
}
