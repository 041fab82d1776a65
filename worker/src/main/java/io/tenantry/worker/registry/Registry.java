package io.tenantry.worker.registry;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.postgres.ConnectionPool;
import io.tenantry.worker.postgres.Lease;
import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

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

    /** What is known of a tenant, and whether the request was answered before: one query. */
    public TenantRecord lookUp(RequestRef request, String tenant) throws SQLException {
        try (Connection connection = pool.connection()) {
            return tenants.lookUp(connection, new LedgerEntry.Identity(request.source(), request.id()), tenant);
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

    /** A share of the servers' connections, for a worker of this group; {@link Leases#start} asks for it. */
    public Leases leases(
            String group, Lease lease, Map<String, Server> servers, LeaseTerms terms, Leases.Listener listener) {
        return new Leases(this, group, lease, servers, listener, terms);
    }

    <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = pool.connection()) {
            return Transaction.run(connection, () -> work.run(connection));
        }
    }

    /** What is done in a transaction. */
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    @Override
    public void close() {
        pool.close();
    }
}
