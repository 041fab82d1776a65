package io.tenantry.worker.registry.lease;

import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.WorkerCatalogs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The migrations that this worker has, written beside its lease: once for each name under which it joins. Any thread may set
 * them; everything else is for the thread that renews.
 */
final class Advertisement {
    private final WorkerCatalogs catalogs = new WorkerCatalogs();
    private final String group;
    private volatile @Nullable Map<String, AdvertisedCatalog.Database> databases;
    /** What the transaction that ended last, or that is open, has written. */
    private Written written = new Written("", null);

    private Written committed = written;

    private record Written(String worker, @Nullable Map<String, AdvertisedCatalog.Database> databases) {}

    Advertisement(String group) {
        this.group = group;
    }

    void set(Map<String, AdvertisedCatalog.Database> all) {
        databases = Map.copyOf(all);
    }

    /** Writes them, unless they are there, in the transaction that renews the lease. */
    void write(Connection connection, String worker) throws SQLException {
        written = new Written(worker, databases);
        if (written.databases() != null && !written.equals(committed)) {
            catalogs.write(connection, group, worker, written.databases());
        }
    }

    /** The transaction was committed. */
    void committed() {
        committed = written;
    }
}
