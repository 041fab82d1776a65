package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no rollback undoes is not tried: numbers of shared sequences, other databases, settings of the server. */
class IrreversibleStatementsIT {
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
                "CREATE TABLE a (id int); SELECT nextval('shared.ids')",
                "CREATE TABLE a (id int); SELECT setval('shared.ids', 7)",
                "CREATE TABLE a (id int DEFAULT nextval('shared.ids')); INSERT INTO a DEFAULT VALUES",
                "CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); INSERT INTO a (name) VALUES ('x')",
                "CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); DO $$ BEGIN INSERT INTO a (name) VALUES ('x'); END $$",
                "CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO a (name) VALUES (1); END';"
                        + " CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); INSERT INTO a (name) VALUES ('x')",
                "CREATE TABLE a (id int); CREATE EXTENSION IF NOT EXISTS dblink SCHEMA public;"
                        + " SELECT public.dblink_exec('dbname=' || current_database(), 'INSERT INTO shared.numbered (name) VALUES (1)')",
                "CREATE TABLE a (id int); DO $$ BEGIN PERFORM nextval('shared.ids'); END $$",
                "CREATE TABLE a (id int); COPY a TO PROGRAM 'false'",
                "CREATE TABLE a (id int); SELECT setval(pg_get_serial_sequence('shared.numbered', 'id'), 1000)",
                "CREATE TABLE a (id int); SELECT nextval(('shared.ids'::text)::regclass)",
                "CREATE TABLE a (id int); SELECT nextval(CAST('shared.ids' AS regclass))",
                "CREATE TABLE a (id int); SELECT nextval(oid::regclass) FROM pg_class WHERE relname = 'ids'",
                "CREATE TABLE a (id int DEFAULT nextval('shared.ids'), b int); UPDATE a SET b = 1, id = DEFAULT",
                "CREATE TABLE a (id int); ALTER TABLE a ADD b int DEFAULT nextval('shared.ids')"
            })
    void whatNoRollbackUndoesIsNotTried(String script) throws Exception {
        engine.execute("CREATE EXTENSION dblink; CREATE SCHEMA shared; CREATE SEQUENCE shared.ids;"
                + " CREATE TABLE shared.numbered (id serial, name text)");
        engine.with("V1__first.sql", "CREATE TABLE first (id int)")
                .with("V2__outside.sql", script)
                .with("V3__b.sql", "ALTER TABLE a ADD b int");
        List<String> before = TrialDatabase.digests(engine);

        try (StartLog log = new StartLog()) {
            MigrationCatalog catalog = engine.proven();

            assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
            assertThat(catalog.plans().steps()).containsOnlyKeys("V1__first.sql");
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("V2__outside.sql goes through Flyway: no rollback undoes"))
                    .anyMatch(
                            line -> line.contains("V3__b.sql goes through Flyway") && line.contains("V2__outside.sql"));
        }
    }

    /** What only names a shared sequence draws nothing from it; what fills such a table does, though long after. */
    @Test
    void aDefaultFromASharedSequenceCostsNoPlan() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE SEQUENCE shared.ids");
        engine.with(
                        "V1__a.sql",
                        "CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO late (name) VALUES (1); END';"
                                + " CREATE TABLE a (id bigint DEFAULT nextval('shared.ids'), b bigint)")
                .with("V2__b.sql", "ALTER TABLE a ALTER COLUMN b SET DEFAULT nextval('shared.ids'::regclass)")
                .with("V3__more.sql", "ALTER TABLE a ADD c text")
                .with("V4__late.sql", "CREATE TABLE late (id bigint DEFAULT nextval('shared.ids'), name text)")
                .with("V5__fill.sql", "SELECT fill()");
        List<String> before = TrialDatabase.digests(engine);

        assertThat(engine.proven().plans().steps())
                .containsOnlyKeys("V1__a.sql", "V2__b.sql", "V3__more.sql", "V4__late.sql");

        assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
    }

    /** The trial with sample rows fills no such table. */
    @Test
    void sampleRowsDrawFromNoSharedSequence() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.numbered (id serial, name text)");
        engine.with("V1__a.sql", "CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); CREATE TABLE b (id serial)")
                .with("V2__fill.sql", "UPDATE a SET name = 'x'; UPDATE b SET id = 7");
        List<String> before = TrialDatabase.digests(engine);

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V2__fill.sql");

        assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER SYSTEM SET work_mem = '5MB'",
                "CREATE DATABASE \"${tenant}_made\"",
                "BEGIN; CREATE TABLE a (id int); PREPARE TRANSACTION '${tenant}'"
            })
    void whatRunsOutsideTransactionsIsNotTriedIfItLeavesTheDatabase(String script) throws Exception {
        engine.with("V1__first.sql", "CREATE TABLE first (id int)").with("V2__outside.sql", script);
        List<String> before = TrialDatabase.digests(engine);

        MigrationCatalog catalog = engine.proven();

        assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__first.sql");
    }

    /** Which sequence is the tenant's own is known when it is there. */
    @Test
    void ownSequencesAreTriedAsEver() throws Exception {
        engine.with(
                        "V1__a.sql",
                        "CREATE TABLE a (id serial, j bigint GENERATED ALWAYS AS IDENTITY); INSERT INTO a DEFAULT VALUES;"
                                + " SELECT setval('a_id_seq', 7), nextval('${schema}.a_id_seq')")
                .with("V2__b.sql", "INSERT INTO a DEFAULT VALUES; SELECT setval(pg_get_serial_sequence('a', 'id'), 9)");

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V2__b.sql");
    }
}
