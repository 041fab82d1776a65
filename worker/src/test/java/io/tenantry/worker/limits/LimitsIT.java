package io.tenantry.worker.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.limits.CatalogBloat.Catalog;
import io.tenantry.worker.limits.LimitFinding.Level;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

class LimitsIT {
    private static final DatabaseSettings USERS = new DatabaseSettings(
            "users",
            List.of(new ServerShare("main", OptionalInt.of(1000))),
            Isolation.SCHEMA,
            "users_{tenant}",
            Path.of("users"),
            List.of(),
            false,
            Set.of(),
            new DriftRules(VerifyAfter.NEVER, List.of(new Glob("table audit_*"), new Glob("table \"Audit\""))));

    private final Deployment deployment = Deployment.create();

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void eachIsFoundAndNothingElse() throws Exception {
        for (String tenant : List.of("acme", "globex")) {
            deployment.execute(("CREATE SCHEMA users_%1$s; COMMENT ON SCHEMA users_%1$s IS 'tenantry tenant=%1$s"
                            + " database=users'; SET search_path = users_%1$s; CREATE TABLE account (id int PRIMARY KEY, n int);"
                            + " CREATE TABLE flyway_schema_history (id int); CREATE TABLE audit_1 (id int); CREATE TABLE made"
                            + " (id int)")
                    .formatted(tenant));
        }
        deployment.execute("CREATE SCHEMA other; CREATE TABLE other.unknown (id int);"
                + " INSERT INTO users_acme.account VALUES (1, 7), (2, 7)");
        assertThatThrownBy(() -> deployment.execute("CREATE UNIQUE INDEX CONCURRENTLY twice ON users_acme.account (n)"))
                .hasStackTraceContaining("twice");

        List<LimitFinding> findings = look(16);

        assertThat(findings)
                .filteredOn(finding -> finding.level() != Level.OK)
                .extracting(LimitFinding::check, LimitFinding::level, LimitFinding::measured)
                .containsExactly(
                        tuple("invalid-indexes", Level.WARN, "1 index: users_acme.twice"),
                        tuple(
                                "hand-made-tables",
                                Level.WARN,
                                "1 name that no migration has: users_acme.made (and in 1 other schema)"));
        assertThat(findings)
                .extracting(LimitFinding::check)
                .containsExactly(
                        "catalog-bloat",
                        "connections",
                        "held-back",
                        "invalid-indexes",
                        "locks",
                        "hand-made-tables",
                        "size");
        assertThat(findings.get(4).measured())
                .isEqualTo("1,056 locks for 16 new homes at once; 9 for a pg_dump of all");
        assertThat(findings.get(6).measured())
                .matches("about [\\d,]+ [kM]B with 2 schemas of tenants, .+ MB with the 1,000 .+");
    }

    @Test
    void whatIsConfiguredIsComparedWithThoseOfTheServer() throws Exception {
        deployment.execute("CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme"
                + " database=users'; CREATE TABLE users_acme.account (id int PRIMARY KEY)");

        List<LimitFinding> findings = look(9000);

        assertThat(findings)
                .filteredOn(finding -> finding.level() == Level.WARN)
                .extracting(LimitFinding::check)
                .containsExactly("connections", "locks");
        assertThat(findings.get(4).measured()).startsWith("270,000 locks for 9,000 new homes at once");
        assertThat(findings.get(4).whatToDo()).startsWith("set max_locks_per_transaction to ");
        assertThat(findings.get(1).whatToDo()).contains("lower servers.main.max-connections");
    }

    /** Each of two names has room alone. Every role can tell that they are one. */
    @Test
    void serversOfOnePostgresAreAddedUp() throws Exception {
        deployment.serverBeside("second");
        String home = "CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme database=users';"
                + " CREATE TABLE users_acme.account (id int PRIMARY KEY)";
        deployment.execute(home);
        deployment.execute(deployment.databaseBeside("second"), home);
        SamePostgres before = new SamePostgres();
        try (Connection registry = deployment.connectToRegistry();
                Connection main = deployment.connect();
                Connection second = deployment.stack().postgres().connect(deployment.databaseBeside("second"))) {
            int most = Sql.one(main, "SELECT current_setting('max_connections')::int - 3", row -> row.getInt(1));
            Sql.execute(second, "SET ROLE pg_read_all_settings");
            before.addRegistry(registry, 2, 5);
            LimitFinding alone = new ConnectionLimits().look(main, server("main", most - 11, before));
            assertThat(alone.level()).isEqualTo(Level.OK);
            assertThat(alone.measured())
                    .isEqualTo("servers.main.max-connections is " + (most - 11)
                            + ", and 1 to end sessions of dead workers,"
                            + " and 10 of the registry (2 workers), the same PostgreSQL");
            assertThat(before.isAlone("main")).isFalse();
            LimitFinding together = new ConnectionLimits().look(second, server("second", 16, before));
            assertThat(together.level()).isEqualTo(Level.WARN);
            assertThat(together.measured())
                    .endsWith(", and 10 of the registry (2 workers) and " + (most - 10)
                            + " of server main, the same PostgreSQL");
            assertThat(together.whatToDo()).contains("lower servers.second.max-connections or those of the others");

            assertThat(new LockTable().look(main, server("main", 1000, before)).level())
                    .isEqualTo(Level.OK);
            LimitFinding locks = new LockTable().look(second, server("second", 1000, before));
            assertThat(locks.measured())
                    .startsWith(
                            "30,000 locks for 1,000 new homes at once, and 30,000 of server main, the same PostgreSQL; ");
            assertThat(locks.level()).isEqualTo(Level.WARN);
        }
    }

    /** They would need a connection each. */
    @Test
    void databasesOfTenantsAreSaidToBeLeftOut() throws Exception {
        DatabaseSettings sales = new DatabaseSettings(
                "sales",
                USERS.servers(),
                Isolation.DATABASE,
                "sales_{tenant}",
                Path.of("sales"),
                List.of(),
                false,
                Set.of(),
                USERS.drift());
        CheckedServer server = new CheckedServer("main", 16, List.of(new CheckedDatabase(sales, table -> false)));
        try (Connection connection = deployment.connect()) {
            assertThat(LimitChecks.of(connection, server, Duration.ofSeconds(30)))
                    .filteredOn(finding -> finding.measured().contains("databases of tenants are not looked at"))
                    .extracting(LimitFinding::check, LimitFinding::level)
                    .containsExactly(tuple("invalid-indexes", Level.OK), tuple("hand-made-tables", Level.OK));
        }
    }

    /** Each of the others is what a script, another tool or an extension makes, is excluded, or is in no tenant's schema. */
    @Test
    void tablesMadeByHandAreFoundAmongAllThatIsNot() throws Exception {
        String made = "CREATE SCHEMA %1$s; COMMENT ON SCHEMA %1$s IS '%2$s'; SET search_path = %1$s; ";
        String tenant = "tenantry tenant=%s database=users";
        deployment.execute(
                made.formatted("users_a", tenant.formatted("a"))
                        + "CREATE TABLE account (id int) PARTITION BY RANGE (id); CREATE TABLE account_1 PARTITION OF account FOR"
                        + " VALUES FROM (0) TO (9); CREATE VIEW seen AS SELECT 1; CREATE MATERIALIZED VIEW kept AS SELECT 1;"
                        + " CREATE SEQUENCE numbers; CREATE TYPE pair AS (a int); CREATE TABLE audit_1 (i int); CREATE TABLE"
                        + " \"Audit\" (i int); CREATE TABLE alembic_version (i int); CREATE TABLE schema_migrations (i int); CREATE TABLE databasechangelog (i int)");
        deployment.execute(made.formatted("users_b", tenant.formatted("b"))
                + "CREATE TABLE \"Account\" (id int); CREATE UNLOGGED TABLE \"by \"\"hand\" (id int); CREATE TABLE"
                + " child (i int) PARTITION BY LIST (i)");
        deployment.execute(made.formatted("users_c", tenant.formatted("c"))
                + "CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER away FOREIGN DATA WRAPPER nothing; CREATE FOREIGN"
                + " TABLE remote (i int) SERVER away; CREATE FOREIGN TABLE account (i int) SERVER away");
        deployment.execute(made.formatted("users_d", tenant.formatted("d"))
                + "CREATE TABLE of_extension (i int); INSERT INTO pg_depend SELECT 'pg_class'::regclass,"
                + " 'of_extension'::regclass, 0, 'pg_extension'::regclass, oid, 0, 'e' FROM pg_extension LIMIT 1");
        deployment.execute(made.formatted("orders_a", "tenantry tenant=a database=orders") + "CREATE TABLE x (i int)");
        deployment.execute(made.formatted("old_a", "tenantry tenant=a") + "CREATE TABLE x (i int)");
        deployment.execute(made.formatted("noted", "see tenantry tenant=a database=users") + "CREATE TABLE x (i int)");
        deployment.execute("CREATE SCHEMA users_e; CREATE TABLE users_e.x (i int); CREATE TABLE public.x (i int)");
        CheckedServer unread = new CheckedServer("main", 16, List.of(new CheckedDatabase(USERS, null)));
        try (Connection connection = deployment.connect()) {
            LimitFinding unknown = new HandMadeTables().look(connection, unread);
            assertThat(unknown.level()).isEqualTo(Level.UNKNOWN);
            assertThat(unknown.measured())
                    .isEqualTo("not measured: the migrations of database users could not be read");

            assertThat(new HandMadeTables().look(connection, server(16)).measured())
                    .isEqualTo("3 names that no migration has: users_b.by \"hand, users_b.child, users_c.remote");
        }
    }

    /** PostgreSQL has no statistics of catalogs that have just grown, and would read them again for each home. */
    @Test
    void catalogsAreNotReadOnceMoreForEachHome() throws Exception {
        int homes = 60;
        deployment.execute("DO $$ BEGIN FOR i IN 1.." + homes + " LOOP EXECUTE format('CREATE SCHEMA users_%1$s;"
                + " COMMENT ON SCHEMA users_%1$s IS ''tenantry tenant=%1$s database=users''; CREATE TABLE"
                + " users_%1$s.account (id int PRIMARY KEY)', i); END LOOP; END $$");
        try (Connection connection = deployment.connect()) {
            LimitChecks.of(connection, server(16), Duration.ofSeconds(30));
            long before = scansOfCatalogs(connection);

            LimitChecks.of(connection, server(16), Duration.ofSeconds(30));

            assertThat(scansOfCatalogs(connection) - before).isPositive().isLessThan(homes);
        }
    }

    private static long scansOfCatalogs(Connection connection) throws Exception {
        Sql.execute(connection, "SELECT pg_stat_force_next_flush()");
        return Sql.one(
                connection,
                "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_sys_tables WHERE schemaname = 'pg_catalog'"
                        + " AND relname IN ('pg_class', 'pg_index', 'pg_namespace', 'pg_description', 'pg_constraint')",
                row -> row.getLong(1));
    }

    @Test
    void aLongSnapshotIsNamed() throws Exception {
        try (Connection reader = deployment.connect();
                Connection connection = deployment.connect()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            int pid = Sql.one(reader, "SELECT pg_backend_pid()", row -> row.getInt(1));
            Sql.execute(connection, "SELECT pg_sleep(0.01)");

            LimitFinding finding = new HeldBack(Duration.ZERO, Long.MAX_VALUE).look(connection, server(16));

            assertThat(finding.level()).isEqualTo(Level.WARN);
            assertThat(finding.measured()).contains("session " + pid + " (").contains("idle in transaction");
        }
    }

    /** A server of the test's own, since only its start can allow prepared transactions and logical slots. */
    @Test
    void preparedTransactionsAndUnreadSlotsAreNamedUntilTheyEnd() throws Exception {
        try (PostgresServer own =
                PostgresServer.start(Map.of("max_prepared_transactions", "2", "wal_level", "logical"))) {
            own.createDatabase("elsewhere");
            try (Connection elsewhere = own.connect("elsewhere");
                    Connection connection = own.connect("postgres")) {
                assertThat(heldBack(connection)).isEqualTo("nothing");

                // Before the others: PostgreSQL makes a slot when all transactions that run have ended.
                Sql.execute(connection, "SELECT pg_create_logical_replication_slot('unread', 'pgoutput')");
                Sql.execute(elsewhere, "BEGIN; CREATE TABLE t (i int); PREPARE TRANSACTION 'of another database'");
                Sql.execute(connection, "BEGIN; CREATE TABLE t (i int); PREPARE TRANSACTION 'it''s mine'");
                assertThat(heldBack(connection))
                        .matches("prepared transaction 'it''s mine', 0 min, replication slot unread \\(inactive.*, \\d+"
                                + " transactions? behind, \\d+ kB of WAL\\)");
                assertThat(new HeldBack().look(connection, server(16)).measured())
                        .as("not yet for five minutes")
                        .isEqualTo("nothing");

                Sql.execute(connection, "COMMENT ON DATABASE elsewhere IS 'tenantry tenant=acme database=users'");
                assertThat(heldBack(connection))
                        .contains("prepared transaction 'of another database' of database elsewhere, 0 min");

                Sql.execute(elsewhere, "ROLLBACK PREPARED 'of another database'");
                Sql.execute(connection, "COMMIT PREPARED 'it''s mine'");
                Sql.execute(connection, "SELECT pg_drop_replication_slot('unread')");
                assertThat(heldBack(connection)).isEqualTo("nothing");
            }
        }
    }

    /** Its reader is connected, and takes nothing. */
    @Test
    void aSlotThatIsReadAndLagsIsNamed() throws Exception {
        try (PostgresServer own = PostgresServer.start(Map.of("wal_level", "logical", "max_wal_size", "32MB"));
                Connection connection = own.connect("postgres")) {
            Sql.execute(connection, "SELECT pg_create_logical_replication_slot('lagging', 'pgoutput')");
            Sql.execute(connection, "SELECT pg_create_physical_replication_slot('standby', true)");
            Sql.execute(connection, "CREATE PUBLICATION changes FOR ALL TABLES");
            try (Connection reader = replication(own);
                    PGReplicationStream unread = stream(reader)) {
                assertThat(unread.isClosed()).isFalse();
                for (int i = 0; i < 4; i++) {
                    Sql.execute(connection, "SELECT pg_current_xact_id()");
                }
                assertThat(new HeldBack().look(connection, server(16)).measured())
                        .as("within its limits")
                        .isEqualTo("nothing");
                LimitFinding behind = new HeldBack(Duration.ofHours(1), 3).look(connection, server(16));
                assertThat(behind.measured())
                        .matches("replication slot lagging \\(active, \\d transactions behind, \\d+ kB of WAL\\)");
                assertThat(behind.whatToDo()).startsWith("see why nobody reads the slot, or why its reader is slow");

                for (int segment = 0; segment < 3; segment++) {
                    Sql.execute(connection, "SELECT pg_current_xact_id(), pg_switch_wal()");
                }
                assertThat(new HeldBack().look(connection, server(16)).measured())
                        .as("the disk fills")
                        .matches(
                                "replication slot lagging \\(active, \\d+ transactions behind, \\d+ MB of WAL\\), replication"
                                        + " slot standby \\(inactive for 0 min, \\d+ MB of WAL\\)");
            }
        }
    }

    private static Connection replication(PostgresServer server) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        return DriverManager.getConnection(server.jdbcUrl("postgres"), properties);
    }

    private static PGReplicationStream stream(Connection connection) throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName("lagging")
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "changes")
                .start();
    }

    /** A role without pg_read_all_stats does not see what the sessions of others do. */
    @Test
    void anIndexThatIsBeingBuiltIsNotNamedUntilItsBuildHasFailed() throws Exception {
        deployment.execute("CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme"
                + " database=users'; CREATE TABLE users_acme.account (id int PRIMARY KEY, n int)");
        try (Connection writer = deployment.connect();
                Connection builder = deployment.connect();
                Connection connection = deployment.connect()) {
            int pid = Sql.one(builder, "SELECT pg_backend_pid()", row -> row.getInt(1));
            writer.setAutoCommit(false);
            Sql.execute(writer, "INSERT INTO users_acme.account VALUES (1, 7)");
            CompletableFuture<Void> build = CompletableFuture.runAsync(
                    () -> execute(builder, "CREATE INDEX CONCURRENTLY slow ON users_acme.account (n)"));
            Await.until(
                    Duration.ofSeconds(30),
                    "the build waits for the writer",
                    () -> !deployment
                            .query("SELECT 1 FROM pg_index WHERE NOT indisvalid")
                            .isEmpty());
            Sql.execute(connection, "SET ROLE pg_read_all_settings");

            assertThat(new InvalidIndexes().look(connection, server(16)).measured())
                    .isEqualTo("none");

            deployment.query("SELECT pg_cancel_backend(" + pid + ")");
            assertThatThrownBy(build::join).hasStackTraceContaining("canceling statement");
            assertThat(new InvalidIndexes().look(connection, server(16)).measured())
                    .isEqualTo("1 index: users_acme.slow");
        }
    }

    private static void execute(Connection connection, String sql) {
        try {
            Sql.execute(connection, sql);
        } catch (SQLException failure) {
            throw new CompletionException(failure);
        }
    }

    private static String heldBack(Connection connection) throws Exception {
        return new HeldBack(Duration.ZERO, Long.MAX_VALUE)
                .look(connection, server(16))
                .measured();
    }

    @Test
    void indexesOfPartitionedTablesAreNamedWithWhatMakesThemValid() throws Exception {
        deployment.execute("CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme"
                + " database=users'; SET search_path = users_acme; CREATE TABLE account (id int, n int) PARTITION BY RANGE"
                + " (id); CREATE TABLE a1 PARTITION OF account FOR VALUES FROM (0) TO (10); CREATE TABLE a2 PARTITION OF"
                + " account FOR VALUES FROM (10) TO (20); INSERT INTO account VALUES (1, 1), (1, 1); CREATE UNIQUE INDEX"
                + " parent ON ONLY account (id, n); CREATE INDEX valid ON account (n)");
        assertThatThrownBy(() -> deployment.execute("CREATE UNIQUE INDEX CONCURRENTLY part ON users_acme.a1 (id, n)"))
                .hasStackTraceContaining("part");
        deployment.execute("ALTER INDEX users_acme.parent ATTACH PARTITION users_acme.part");
        try (Connection connection = deployment.connect()) {
            LimitFinding finding = new InvalidIndexes().look(connection, server(16));

            assertThat(finding.measured())
                    .isEqualTo("2 indexes: users_acme.parent (1 of 2 partitions attached), users_acme.part");
            assertThat(finding.whatToDo())
                    .startsWith("REINDEX INDEX CONCURRENTLY those")
                    .contains("CREATE INDEX CONCURRENTLY on each partition")
                    .doesNotContain("DROP INDEX CONCURRENTLY");

            deployment.execute("DELETE FROM users_acme.account");
            deployment.execute("REINDEX INDEX CONCURRENTLY users_acme.part");
            deployment.execute("CREATE UNIQUE INDEX CONCURRENTLY second ON users_acme.a2 (id, n)");
            deployment.execute("ALTER INDEX users_acme.parent ATTACH PARTITION users_acme.part; ALTER INDEX"
                    + " users_acme.parent ATTACH PARTITION users_acme.second");

            assertThat(new InvalidIndexes().look(connection, server(16)).level())
                    .as("after what was advised")
                    .isEqualTo(Level.OK);
        }
    }

    @Test
    void whatCannotBeReadInTimeLeavesTheOthersTheirs() throws Exception {
        try (Connection locker = deployment.connect();
                Connection connection = deployment.connect()) {
            locker.setAutoCommit(false);
            // PostgreSQL itself does not read it for the other checks, as it does most catalogs.
            Sql.execute(locker, "LOCK TABLE pg_catalog.pg_inherits");

            List<LimitFinding> findings = LimitChecks.of(connection, server(16), Duration.ofSeconds(8));

            assertThat(findings)
                    .filteredOn(finding -> Set.of("invalid-indexes", "locks", "hand-made-tables", "size")
                            .contains(finding.check()))
                    .extracting(LimitFinding::level)
                    .containsExactly(Level.UNKNOWN, Level.OK, Level.OK, Level.OK);
            assertThat(findings.get(3).measured()).startsWith("not measured: ").contains("statement timeout");
            assertThat(findings.get(3).whatToDo())
                    .contains("run status --checks")
                    .contains("pg_stat_activity");
        }
    }

    @Test
    void whatMayNotBeReadNamesTheRoleThatNeedsThePrivilege() throws Exception {
        deployment.execute("REVOKE SELECT ON pg_catalog.pg_constraint FROM PUBLIC");
        try (Connection connection = deployment.connect()) {
            Sql.execute(connection, "SET ROLE pg_read_all_settings");

            List<LimitFinding> findings = LimitChecks.of(connection, server(16), Duration.ofSeconds(30));

            assertThat(findings)
                    .filteredOn(finding -> finding.level() == Level.UNKNOWN)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.measured()).contains("permission denied for table pg_constraint");
                        assertThat(finding.whatToDo())
                                .startsWith("grant the named privilege to the role pg_read_all_settings");
                    });
        }
    }

    @Test
    void catalogsThatAreMostlyDeadAreNamed() {
        LimitFinding finding = new CatalogBloat()
                .judge(
                        "main",
                        List.of(
                                new Catalog("pg_depend", 900_000, 800_000, 1 << 20, null),
                                new Catalog("pg_attribute", 200_000, 300_000, 1 << 20, null),
                                new Catalog("pg_class", 10, 90_000, 1 << 20, null)));

        assertThat(finding.level()).isEqualTo(Level.WARN);
        assertThat(finding.measured()).startsWith("pg_attribute has 300,000 dead rows and 200,000 live ones");
    }

    private List<LimitFinding> look(int cap) throws Exception {
        try (Connection connection = deployment.connect()) {
            return LimitChecks.of(connection, server(cap), Duration.ofSeconds(30));
        }
    }

    private static CheckedServer server(String name, int cap, SamePostgres before) {
        return new CheckedServer(name, cap, List.of(), before);
    }

    private static CheckedServer server(int cap) {
        return new CheckedServer("main", cap, List.of(new CheckedDatabase(USERS, "account"::equalsIgnoreCase)));
    }
}
