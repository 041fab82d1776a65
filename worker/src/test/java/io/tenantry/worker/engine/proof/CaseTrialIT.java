package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.MigrationResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The public cases that are about what a start tries out; their input as it is. */
class CaseTrialIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    /** Case 03. */
    @Test
    void aTenantGetsItsRoleAndThreeStartsLeaveNone() throws Exception {
        engine.withCase("03-role-per-tenant/migrations");
        String roles = "SELECT rolname FROM pg_roles WHERE rolname ~ '^t[0-9a-f]{12}_app$'";
        List<String> before = engine.query(roles);
        // Roles are the server's: a tenant with a name of its own.
        String tenant = engine.owner().replaceAll("[^0-9a-f]", "").substring(0, 12) + "x";
        try (StartLog log = new StartLog()) {
            engine.proven();
            engine.proven();
            MigrationCatalog catalog = engine.proven();
            try {
                engine.onboard(catalog, tenant);

                assertThat(engine.query(roles)).isEqualTo(before);
                assertThat(log.warnings()).isEmpty();
                assertThat(log.lines())
                        .anyMatch(line -> line.contains("V1__role.sql goes through Flyway: it can only be tried"));
                assertThat(catalog.plans().steps()).containsOnlyKeys("V2__invoice.sql");
                assertThat(engine.query("SELECT has_table_privilege('" + tenant + "_app', 'tenant_" + tenant
                                + ".invoice', 'SELECT')"))
                        .containsExactly("t");
            } finally {
                engine.execute("DROP OWNED BY \"" + tenant + "_app\"; DROP ROLE \"" + tenant + "_app\"");
            }
        }
    }

    /** Case 04, its second release: the mark stays, with a tenant of each release. */
    @Test
    void aCommentOnTheSchemaIsWarnedOfAndTheMarkStays() throws Exception {
        engine.onboard(engine.withCase("04-comment-on-own-schema/migrations").proven(), "acme");
        try (StartLog log = new StartLog()) {
            MigrationCatalog second =
                    engine.withCase("04-comment-on-own-schema/migrations-2").proven();

            assertThat(log.warnings()).hasSize(1).first().asString().contains("V2__label.sql sets the comment");
            assertThat(second.plans().steps()).containsOnlyKeys("V1__a.sql", "V2__label.sql", "V3__b.sql");
            assertThat(second.plans().atOnce()).isTrue();
            assertThat(engine.upgrade(second, "acme", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.query("SELECT obj_description('tenant_acme'::regnamespace)"))
                    .containsExactly(engine.home("acme").mark());
        }
    }

    /** Case 04, its variant of pg_dump --clean. */
    @Test
    void aDumpThatDropsItsSchemaIsRefusedByName() throws Exception {
        engine.with("V1__dump.sql", """
                DROP SCHEMA IF EXISTS "${schema}" CASCADE;
                CREATE SCHEMA "${schema}";
                COMMENT ON SCHEMA "${schema}" IS 'standard public schema';
                CREATE TABLE "${schema}".a (id integer NOT NULL);
                """);

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V1__dump.sql drops or renames the schema of the tenant");
    }

    /** Case 08. */
    @Test
    void aLogOfAllDdlIsTheDatabases() throws Exception {
        engine.execute(text("08-ddl-log/setup.sql"));
        MigrationCatalog catalog = engine.withCase("08-ddl-log/migrations").proven();

        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
        assertThat(catalog.plans().atOnce()).isTrue();
        engine.onboard(catalog, "acme");
        assertThat(engine.query("SELECT tag FROM audit.ddl_log"))
                .startsWith("CREATE SCHEMA")
                .contains("CREATE TABLE");
    }

    /** Case 12, with V3 and without. */
    @Test
    void aCommitInTheMiddleIsSeenAndLeftToFlyway() throws Exception {
        engine.withCase("12-dollar-parameters/migrations");
        try (StartLog log = new StartLog()) {
            MigrationCatalog catalog = engine.proven();

            assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql", "V3__more.sql");
            assertThat(log.warnings()).isEmpty();
            assertThat(engine.onboard(catalog, "acme")).isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.query("SELECT c FROM tenant_acme.sums")).containsExactly("3");
        }
        MigrationCatalog without = engine.without("V3__more.sql").proven();
        assertThat(without.plans().steps()).containsOnlyKeys("V1__a.sql");
        assertThat(engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'"))
                .isEmpty();
    }

    /** The kind of case 12: PostgreSQL answers more statements than Flyway sees, and the last of them fails. */
    @Test
    void aCommitThatFailsIsSeenThoughFlywayTakesSeveralStatementsForOne() throws Exception {
        engine.onboard(
                engine.with(
                                "V1__tree.sql",
                                "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE source (id int); CREATE TABLE child"
                                        + " (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
                        .proven(),
                "acme");
        engine.execute("INSERT INTO tenant_acme.source VALUES (99)");
        MigrationCatalog catalog = engine.with("V2__fill.sql", """
                        CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 + $2;
                        CREATE TABLE sums (id int);
                        CREATE TABLE more_sums (id int);
                        INSERT INTO child SELECT id FROM source;
                        """).proven();
        assertThat(catalog.plans().steps()).containsKey("V2__fill.sql");

        assertThat(engine.upgrade(catalog, "acme", "latest", "1"))
                .isInstanceOfSatisfying(
                        MigrationResult.Failed.class,
                        failed -> assertThat(failed.error().sqlState()).isEqualTo("23503"));
        assertThat(engine.query("SELECT version FROM tenant_acme.flyway_schema_history"))
                .containsExactly("1");
    }

    /** Case 22, its start; FailuresIT has its signup. */
    @Test
    void anIndexThatCannotBeMadeConcurrentlyIsSaidAtTheStart() throws Exception {
        try (StartLog log = new StartLog()) {
            engine.withCase("22-concurrently-on-partitioned/migrations").proven();

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains(
                            "V2__index.sql failed: ERROR: cannot create index on partitioned table",
                            "(line 1) (0A000)",
                            "it will fail for new tenants too: correct it");
        }
    }

    /** Case 40. */
    @Test
    void aTemporaryTableWithToastIsTheSessions() throws Exception {
        MigrationCatalog catalog =
                engine.withCase("40-temp-table-with-toast/migrations").proven();

        assertThat(engine.onboard(catalog, "acme")).isInstanceOf(MigrationResult.Migrated.class);
    }

    private static String text(String file) throws Exception {
        try (var stream = Objects.requireNonNull(CaseTrialIT.class.getResourceAsStream("/cases/" + file))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
