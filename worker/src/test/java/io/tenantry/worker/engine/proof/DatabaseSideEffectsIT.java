package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What event triggers and shared functions of the database write does not count as written by a script. */
class DatabaseSideEffectsIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void whatAnEventTriggerOfTheDatabaseWritesIsNotTheScripts() throws Exception {
        TrialDatabase.logDdl(engine);
        engine.with("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY)")
                .with("V2__b.sql", "CREATE VIEW b AS SELECT * FROM a; COMMENT ON TABLE a IS 'see ddl_log'");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql", "V2__b.sql");
        assertThat(catalog.plans().atOnce()).isTrue();
        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
        engine.onboard(catalog, "acme");
        assertThat(engine.query("SELECT tag FROM audit.ddl_log"))
                .contains("CREATE SCHEMA", "CREATE TABLE", "CREATE VIEW");
    }

    @Test
    void theOwnerOfTheDatabaseHasEventTriggersToo() throws Exception {
        TrialDatabase.logDdl(engine);
        engine.with("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY)");
        try (Server server = engine.serverOfOwner()) {
            assertThat(engine.proven(server).plans().steps()).containsOnlyKeys("V1__a.sql");
        }
        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO audit.ddl_log (tag) VALUES ('mine')",
                "DO $$ BEGIN EXECUTE 'INSERT INTO audit.' || 'ddl_log' || ' (tag) VALUES (1)'; END $$",
                "CREATE TABLE audit.more (id int)",
                "TRUNCATE audit.ddl_log"
            })
    void whatAScriptWritesItselfIsFoundBesideAnEventTrigger(String script) throws Exception {
        TrialDatabase.logDdl(engine);
        engine.with("V1__a.sql", "CREATE TABLE a (id int)").with("V2__bad.sql", script);

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V2__bad.sql reaches outside the tenant's schema: ")
                .hasMessageNotContaining("V1__a");
        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
    }

    /** An audit trigger for all: the function is the database's, and so is what it writes. */
    @Test
    void whatASharedFunctionWritesIsNotTheScripts() throws Exception {
        engine.execute("CREATE SCHEMA audit; CREATE TABLE audit.log (at timestamptz DEFAULT now(), what text);"
                + " CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN INSERT INTO audit.log (what) VALUES (tg_table_name); RETURN NEW; END $$");
        engine.with(
                        "V1__a.sql",
                        "CREATE TABLE a (id int); CREATE TRIGGER note AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION audit.note()")
                .with("V2__rows.sql", "INSERT INTO a VALUES (1)")
                .with("V3__b.sql", "CREATE TABLE b (id int)");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql", "V2__rows.sql", "V3__b.sql");
        assertThat(engine.query("SELECT what FROM audit.log")).isEmpty();
    }
}
