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
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
            new DriftRules(VerifyAfter.NEVER, List.of(new Glob("table audit_*"))));

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
                        tuple(
                                "hand-made-tables",
                                Level.WARN,
                                "1 name that no migration has: users_acme.made (and in 1 other schema)"),
                        tuple("invalid-indexes", Level.WARN, "1 index: users_acme.twice"));
        assertThat(findings)
                .extracting(LimitFinding::check)
                .containsExactly(
                        "hand-made-tables",
                        "catalog-bloat",
                        "locks",
                        "connections",
                        "size",
                        "invalid-indexes",
                        "held-back");
        assertThat(findings.get(2).measured())
                .isEqualTo("1,056 locks for 16 new homes at once, 9 for a pg_dump of all");
        assertThat(findings.get(4).measured())
                .matches("[\\d,]+ [kM]B with 2 schemas of tenants, .+ MB with the 1,000 .+");
    }

    @Test
    void whatIsConfiguredIsComparedWithThoseOfTheServer() throws Exception {
        deployment.execute("CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme"
                + " database=users'; CREATE TABLE users_acme.account (id int PRIMARY KEY)");

        List<LimitFinding> findings = look(9000);

        assertThat(findings)
                .filteredOn(finding -> finding.level() == Level.WARN)
                .extracting(LimitFinding::check)
                .containsExactly("locks", "connections");
        assertThat(findings.get(2).measured()).startsWith("270,000 locks for 9,000 new homes at once");
        assertThat(findings.get(2).whatToDo()).startsWith("set max_locks_per_transaction to ");
        assertThat(findings.get(3).whatToDo()).contains("lower servers.main.max-connections");
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
                    .containsExactly(tuple("hand-made-tables", Level.OK), tuple("invalid-indexes", Level.OK));
        }
    }

    @Test
    void aLongSnapshotIsNamed() throws Exception {
        try (Connection reader = deployment.connect();
                Connection connection = deployment.connect()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            int pid = Sql.one(reader, "SELECT pg_backend_pid()", row -> row.getInt(1));
            Sql.execute(connection, "SELECT pg_sleep(0.01)");

            LimitFinding finding = new HeldBack(Duration.ZERO).look(connection, server(16));

            assertThat(finding.level()).isEqualTo(Level.WARN);
            assertThat(finding.measured()).contains("session " + pid + " (").contains("idle in transaction");
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

    private static CheckedServer server(int cap) {
        return new CheckedServer("main", cap, List.of(new CheckedDatabase(USERS, "account"::equals)));
    }
}
