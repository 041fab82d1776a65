package io.tenantry.worker.registry;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.postgres.ServerMode;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.Transaction;
import io.tenantry.worker.postgres.connection.ConnectionPool;
import io.tenantry.worker.postgres.connection.DedicatedConnection;
import io.tenantry.worker.registry.rollout.AttemptHalts;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.registry.rollout.RolloutAnswers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** The registry: the tables that all workers share. Safe for use by many threads. */
public final class Registry implements AutoCloseable {
    /** For another process that has begun to create or upgrade the tables. */
    private static final Duration PATIENCE_AT_START = Duration.ofSeconds(30);
    /** All statements are short: without an answer by then, the host has vanished. A repeat has the same effect. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    /** Returns no row; fails if one of the tables cannot be read. */
    private static final String EVERY_TABLE =
            "SELECT 1 FROM tenantry.request, tenantry.tenant, tenantry.tenant_home, tenantry.shared_database LIMIT 0";

    private static final String LIVE_WORKERS = "SELECT count(*) FROM tenantry.worker WHERE group_id = ? AND"
            + " most_connections IS NULL AND NOT fenced AND expires_at >= clock_timestamp()";

    private final ConnectionPool.Target target;
    private final ConnectionPool pool;
    private final List<DedicatedConnection> dedicated = new CopyOnWriteArrayList<>();
    private final Duration longestAnswer;
    private final Ledger ledger = new Ledger();
    private final Tenants tenants = new Tenants();
    private final TemplateUse templateUse = new TemplateUse();
    private final RolloutAnswers rolloutAnswers = new RolloutAnswers();

    /** Opens no connection yet. */
    public Registry(RegistrySettings settings, String applicationName) {
        this(settings, applicationName, LONGEST_ANSWER);
    }

    Registry(RegistrySettings settings, String applicationName, Duration longestAnswer) {
        this.longestAnswer = longestAnswer;
        this.target = new ConnectionPool.Target(
                "registry", settings.url(), settings.user(), settings.password(), applicationName);
        this.pool = new ConnectionPool(target, settings.maxConnections());
    }

    /** Creates or upgrades the registry's tables; several workers may do so at once. */
    public void migrate() throws SQLException {
        RegistrySchema.migrate(pool, PATIENCE_AT_START);
    }

    /** Why this release cannot use the tables as they are; empty if it can. Changes nothing. */
    public Optional<String> whyOutdated() throws SQLException {
        try (Connection connection = connection()) {
            return RegistrySchema.whyOutdated(connection);
        }
    }

    /**
     * Looks up what is known of tenants, and whether requests were answered before, in one query; in a second one, whether
     * the rollouts that sent some of the requests were halted, and how often.
     *
     * @return an answer for each, in their order
     */
    public List<TenantRecord> lookUp(List<LookUp> wanted) throws SQLException {
        List<String> ofRollouts = wanted.stream()
                .filter(LookUp::ofRollout)
                .map(one -> one.request().id())
                .toList();
        try (Connection connection = connection()) {
            List<TenantRecord> found = tenants.lookUp(connection, wanted);
            return ofRollouts.isEmpty()
                    ? found
                    : withHalts(wanted, found, rolloutAnswers.halts(connection, ofRollouts));
        }
    }

    private static List<TenantRecord> withHalts(
            List<LookUp> wanted, List<TenantRecord> found, Map<String, AttemptHalts> halts) {
        List<TenantRecord> answers = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            LookUp asked = wanted.get(i);
            answers.add(
                    asked.ofRollout()
                            ? found.get(i).with(halts.get(asked.request().id()))
                            : found.get(i));
        }
        return answers;
    }

    /**
     * Writes a batch in one transaction: the ledger, the tenants of the requests that are new to it, which results were
     * published, and what the results mean for their rollouts. A result that is not new to the ledger counts too: a worker of
     * a release without rollouts may have written it.
     *
     * @param repeated requests of rollouts that were not run, because the ledger had their results
     * @return for each entry the row that the ledger has now
     */
    public List<Recorded> settle(
            List<LedgerEntry> entries,
            List<Registration> registrations,
            List<RequestRef> published,
            List<RequestRef> repeated)
            throws SQLException {
        try (Connection connection = connection()) {
            return Transaction.run(connection, () -> {
                List<Recorded> recorded = ledger.record(connection, entries);
                tenants.register(connection, registrations);
                PlacementTable.giveBack(connection, registrations);
                if (!published.isEmpty()) {
                    ledger.markPublished(connection, published);
                }
                rolloutAnswers.write(connection, answers(entries, recorded, ledger.find(connection, repeated)));
                return recorded;
            });
        }
    }

    /** The same, without repeated requests of rollouts. */
    public List<Recorded> settle(
            List<LedgerEntry> entries, List<Registration> registrations, List<RequestRef> published)
            throws SQLException {
        return settle(entries, registrations, published, List.of());
    }

    private static Set<RolloutAnswer> answers(
            List<LedgerEntry> entries, List<Recorded> recorded, List<Recorded> repeated) {
        Set<RolloutAnswer> answers = new LinkedHashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            LedgerEntry row = recorded.get(i).entry();
            boolean sameKey = row.result().key().equals(entries.get(i).result().key());
            if (entries.get(i).answer() != null && sameKey) {
                answers.add(row.answer() == null ? RolloutAnswer.of(row.request(), row.result()) : row.answer());
            }
        }
        for (Recorded row : repeated) {
            answers.add(RolloutAnswer.of(row.entry().request(), row.entry().result()));
        }
        return answers;
    }

    /**
     * Deletes rows of the ledger that are older than the retention, in one short transaction; see {@link Ledger#prune}.
     *
     * @return how many; fewer than the limit if there are no more
     */
    public int pruneLedger(Duration retention, int limit) throws SQLException {
        try (Connection connection = connection()) {
            return ledger.prune(connection, retention, limit);
        }
    }

    /** The workers of a group that renew their leases, without the commands beside them. */
    public long countWorkers(String group) throws SQLException {
        return inTransaction(connection -> Sql.one(connection, LIVE_WORKERS, row -> row.getLong(1), group));
    }

    /** How many tenants have their home in each named database at each version; shared databases are left out. */
    public List<VersionCount> countTenants() throws SQLException {
        try (Connection connection = connection()) {
            return tenants.count(connection);
        }
    }

    /** The pool of its connections. */
    public ConnectionPool pool() {
        return pool;
    }

    /** Records that this worker is alive and creates databases from these templates. */
    public void useTemplates(String worker, Collection<KnownTemplate> templates) throws SQLException {
        try (Connection connection = connection()) {
            templateUse.use(connection, worker, templates);
        }
    }

    /** All templates of all workers, those of dead ones too until {@link #forgetTemplate}. */
    public List<KnownTemplate> templates() throws SQLException {
        try (Connection connection = connection()) {
            return templateUse.known(connection);
        }
    }

    /** Forgets the dead users of a template. */
    public void forgetTemplate(KnownTemplate template) throws SQLException {
        try (Connection connection = connection()) {
            templateUse.forget(connection, template);
        }
    }

    /**
     * Asks whether requests can be looked up and outcomes be written.
     *
     * @return why not; empty if they can
     * @throws SQLException if they cannot either, or it does not answer
     */
    public Optional<String> whyUnusable() throws SQLException {
        try (Connection connection = connection()) {
            var unused = Sql.query(connection, EVERY_TABLE, row -> row.getInt(1));
            return ServerMode.whyReadOnly(connection);
        }
    }

    private Connection connection() throws SQLException {
        Connection connection = pool.connection();
        try {
            // The pool takes it back when the connection is closed.
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(longestAnswer.toMillis()));
            return connection;
        } catch (SQLException | RuntimeException failure) {
            pool.evict(connection);
            connection.close();
            throw failure;
        }
    }

    /**
     * A connection for the caller alone, in addition to those of the pool; opened when it is first used.
     *
     * @param longestAnswer after which a statement without an answer fails
     */
    public DedicatedConnection dedicatedConnection(Duration longestAnswer) {
        DedicatedConnection own = new DedicatedConnection(target, longestAnswer);
        dedicated.add(own);
        return own;
    }

    /** Runs the work in a transaction on a connection of the pool; commits unless the work throws. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = connection()) {
            return Transaction.run(connection, () -> work.run(connection));
        }
    }

    /** Runs work that only reads, in a transaction in which all statements see the same moment. */
    public <T> T inSnapshot(Work<T> work) throws SQLException {
        return inTransaction(connection -> {
            Sql.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            return work.run(connection);
        });
    }

    /** What is done in a transaction. */
    public interface Work<T> {
        /** Runs on the transaction's connection. */
        T run(Connection connection) throws SQLException;
    }

    @Override
    public void close() {
        dedicated.forEach(DedicatedConnection::close);
        pool.close();
    }
}
