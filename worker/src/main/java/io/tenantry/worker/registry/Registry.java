package io.tenantry.worker.registry;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.postgres.ConnectionPool;
import io.tenantry.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The control database. Safe for use by many threads. */
public final class Registry implements AutoCloseable {
    private final ConnectionPool pool;
    private final Ledger ledger = new Ledger();
    private final Tenants tenants = new Tenants();

    /** Opens no connection yet. */
    public Registry(RegistrySettings settings, String applicationName) {
        this.pool = new ConnectionPool(
                new ConnectionPool.Target(
                        "registry", settings.url(), settings.user(), settings.password(), applicationName),
                settings.maxConnections());
    }

    /** Creates or upgrades the registry's tables; several workers may do so at once. */
    public void migrate() throws SQLException {
        RegistrySchema.migrate(pool);
    }

    /**
     * What is known of tenants, and whether requests were answered before: one query for all.
     *
     * @return an answer for each, in their order
     */
    public List<TenantRecord> lookUp(List<LookUp> wanted) throws SQLException {
        try (Connection connection = pool.connection()) {
            return tenants.lookUp(connection, wanted);
        }
    }

    /**
     * Writes a batch in one transaction: the ledger, the tenants of the requests that are new to it, and which results
     * were published.
     *
     * @return for each entry what stands in the ledger now
     */
    public List<Recorded> settle(
            List<LedgerEntry> entries, List<Registration> registrations, List<RequestRef> published)
            throws SQLException {
        try (Connection connection = pool.connection()) {
            return Transaction.run(connection, () -> {
                List<Recorded> recorded = ledger.record(connection, entries);
                tenants.register(connection, registrations);
                if (!published.isEmpty()) {
                    ledger.markPublished(connection, published);
                }
                return recorded;
            });
        }
    }

    /**
     * Deletes rows of the ledger that are older than the retention, in one short transaction; see {@link Ledger#prune}.
     *
     * @return how many; fewer than the limit if there are no more
     */
    public int pruneLedger(Duration retention, int limit) throws SQLException {
        try (Connection connection = pool.connection()) {
            return ledger.prune(connection, retention, limit);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
