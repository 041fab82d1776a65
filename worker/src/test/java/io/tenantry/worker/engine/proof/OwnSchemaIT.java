package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.MigrationResult;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts that drop, rename or comment on the schema that they run in, which has the mark of its tenant. */
class OwnSchemaIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP SCHEMA \"${schema}\" CASCADE; CREATE SCHEMA \"${schema}\"; CREATE TABLE \"${schema}\".a (id int)",
                "DROP SCHEMA IF EXISTS \"${schema}\" CASCADE",
                "ALTER SCHEMA \"${schema}\" RENAME TO \"${schema}_old\"",
                "DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END $$"
            })
    void aScriptThatDropsItsOwnSchemaIsRefused(String script) throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE b (id int)").with("V2__clean.sql", script);
        MigrationCatalog catalog = engine.catalog();

        for (Set<String> allow : List.of(Set.<String>of(), Set.of("V2__clean.sql"))) {
            assertThatThrownBy(() -> PlanVerifier.verify(catalog, engine.server(), allow, warning -> {}))
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageContaining("V2__clean.sql drops or renames the schema of the tenant")
                    .hasMessageContaining("flyway_schema_history");
        }
        assertThat(scratches()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMENT ON SCHEMA \"${schema}\" IS 'Data of ${tenant}'; ALTER TABLE a ADD b int",
                "COMMENT ON SCHEMA \"${schema}\" IS NULL; ALTER TABLE a ADD b int",
                "DO $$ BEGIN IF EXISTS (SELECT FROM a) THEN EXECUTE 'COMMENT ON SCHEMA ' || current_schema() || ' IS NULL';"
                        + " END IF; END $$; ALTER TABLE a ADD b int",
                "SET ROLE pg_monitor; RESET ROLE; COMMENT ON SCHEMA \"${schema}\" IS 'x'; ALTER TABLE a ADD b int; BEGIN; COMMIT"
            })
    void aCommentOnTheOwnSchemaLocksNobodyOut(String script) throws Exception {
        MigrationCatalog first = engine.with("V1__a.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1)")
                .proven();
        engine.onboard(first, "acme");
        try (StartLog log = new StartLog()) {
            MigrationCatalog second = engine.with("V2__label.sql", script).proven();
            engine.onboard(second, "new");
            assertThat(engine.upgrade(second, "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
            engine.byFlyway(first, "vanilla", "1");
            engine.byFlyway(second, "vanilla", "2");
            if (script.startsWith("COMMENT")) {
                assertThat(log.warnings()).hasSize(1).first().asString().contains("V2__label.sql sets the comment");
                assertThat(second.plans().steps()).containsKey("V2__label.sql");
            }
        }
        MigrationCatalog third =
                engine.with("V3__b.sql", "CREATE TABLE b (id int)").proven();

        assertThat(third.plans().steps()).containsKey("V3__b.sql");
        assertThat(engine.upgrade(third, "acme", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(third, "new", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
        engine.byFlyway(third, "vanilla", "3");
        assertThat(engine.query("SELECT obj_description('tenant_acme'::regnamespace) UNION ALL"
                        + " SELECT obj_description('tenant_new'::regnamespace)"))
                .containsExactly(engine.home("acme").mark(), engine.home("new").mark());
        assertThat(SchemaStates.of(engine, "acme").catalog())
                .isEqualTo(SchemaStates.of(engine, "vanilla").catalog());
    }

    private List<String> scratches() throws Exception {
        return engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'");
    }
}
