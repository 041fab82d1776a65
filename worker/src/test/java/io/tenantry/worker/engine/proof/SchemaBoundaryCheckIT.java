package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts that reach outside the schema of a tenant are refused, and have done nothing. */
class SchemaBoundaryCheckIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
        engine.execute("CREATE SCHEMA other; CREATE TABLE other.t (id int PRIMARY KEY); CREATE SEQUENCE other.ids;"
                + " INSERT INTO other.t VALUES (1); CREATE TABLE other.empty (id int);"
                + " CREATE FUNCTION other.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                + " CREATE FUNCTION other.unused() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE other.gone AS ENUM ('a');"
                + " CREATE SCHEMA vacant; CREATE TABLE other.watched (id int);"
                + " CREATE TRIGGER watch BEFORE INSERT ON other.watched EXECUTE FUNCTION other.f()");
        engine.with("V1__good.sql", "CREATE TABLE good (id int PRIMARY KEY);")
                .with("V3__good_too.sql", "CREATE TABLE good_too (id int);");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    CREATE TABLE other.made (id int)                                           | table other.made
                    CREATE TABLE public.made (id int)                                          | table public.made
                    CREATE SCHEMA made                                                         | schema made
                    CREATE EXTENSION pg_trgm                                                   | extension pg_trgm
                    CREATE FUNCTION other.g() RETURNS int LANGUAGE sql AS 'SELECT 1'           | function other.g()
                    CREATE TYPE other.mood AS ENUM ('a')                                       | type other.mood
                    CREATE VIEW other.v AS SELECT 1                                            | view other.v
                    INSERT INTO other.t VALUES (2)                                             | table other.t
                    UPDATE other.t SET id = 3                                                  | table other.t
                    ALTER TABLE other.t ADD COLUMN b int                                       | table other.t
                    DROP TABLE other.empty                                                     | table other.empty
                    CREATE INDEX ON other.t (id)                                               | index other.t_id_idx
                    CREATE INDEX CONCURRENTLY made ON other.t (id)                             | index other.made
                    CREATE TRIGGER made BEFORE INSERT ON other.t EXECUTE FUNCTION other.f()    | trigger made of other.t
                    DO $$ BEGIN INSERT INTO other.t VALUES (7); EXCEPTION WHEN division_by_zero THEN END $$ | table other.t
                    DO $$ BEGIN EXECUTE 'CREATE DOMAIN other.d AS int'; EXCEPTION WHEN division_by_zero THEN END $$ | type other.d
                    SET search_path = other; CREATE TABLE made (id int)                        | table other.made
                    CREATE CAST (text AS point) WITH INOUT                                     | cast from text to point
                    CREATE CAST (other.gone AS text) WITH INOUT                                | cast from other.gone to text
                    CREATE TYPE mine AS ENUM ('a'); CREATE CAST (mine AS other.gone) WITH INOUT | cast from
                    DROP FUNCTION other.unused()                                               | function other.unused()
                    DROP TYPE other.gone                                                       | type other.gone
                    DROP TRIGGER watch ON other.watched                                        | trigger watch of other.watched
                    DROP SCHEMA vacant                                                         | schema vacant
                    TRUNCATE other.t                                                           | table other.t
                    GRANT SELECT ON other.t TO PUBLIC                                          | table other.t
                    ALTER TABLE other.t ALTER COLUMN id SET DEFAULT 1                          | table other.t
                    ALTER TABLE other.t DROP CONSTRAINT t_pkey                                 | table other.t
                    CREATE TABLE m (id int REFERENCES other.t); TRUNCATE other.t CASCADE; DROP TABLE m | table other.t
                    """)
    void areRefusedByName(String script, String object) throws Exception {
        engine.with("V2__bad.sql", script);

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V2__bad.sql reaches outside the tenant's schema: ")
                .hasMessageContaining(object)
                .hasMessageContaining("make shared objects once")
                .hasMessageNotContaining("good");
        assertThat(engine.query("SELECT count(*) FROM other.t")).containsExactly("1");
        assertThat(engine.query("SELECT relname FROM pg_class WHERE relname = 'made'"))
                .isEmpty();
        assertThat(engine.query("SELECT relname FROM pg_class WHERE relname = 'empty'"))
                .hasSize(1);
        assertThat(scratches()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE mine (id int REFERENCES other.t); INSERT INTO mine VALUES (1);",
                "CREATE VIEW mine AS SELECT * FROM other.t;",
                "CREATE TABLE mine (id bigint DEFAULT nextval('other.ids')); INSERT INTO mine DEFAULT VALUES;",
                "CREATE TRIGGER mine BEFORE INSERT ON good EXECUTE FUNCTION other.f();",
                "CREATE TABLE ${schema}.mine (id int); DROP TABLE ${schema}.mine; CREATE TEMP TABLE gone (id int);",
                "CREATE TABLE mine AS SELECT * FROM other.t;",
                "CREATE TABLE mine (id int REFERENCES other.t); DROP TABLE mine;",
                "CREATE TABLE mine (id int CONSTRAINT r REFERENCES other.t); ALTER TABLE mine DROP CONSTRAINT r;",
                "CREATE TABLE mine (id int REFERENCES other.t); ALTER TABLE mine ALTER COLUMN id TYPE bigint;",
                "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION mine();",
                "CREATE EXTENSION IF NOT EXISTS plpgsql;",
                "CREATE TYPE span AS RANGE (subtype = int4); CREATE TABLE mine (s span);",
                "CREATE TYPE span AS RANGE (subtype = int4); DROP TYPE span;",
                "CREATE TYPE mood AS ENUM ('a'); CREATE CAST (text AS mood) WITH INOUT; CREATE CAST (mood AS text) WITH INOUT;",
                "CREATE TYPE mood AS ENUM ('a'); CREATE CAST (mood AS text) WITH INOUT; COMMENT ON CAST (mood AS text) IS 'x';",
                "CREATE TYPE pair AS (a int); CREATE TYPE mood AS ENUM ('a'); CREATE CAST (mood AS pair) WITH INOUT;"
            })
    void readingAndReferringIsAllowed(String script) throws Exception {
        engine.with("V2__fine.sql", script);

        engine.proven();

        assertThat(scratches()).isEmpty();
    }

    @Test
    void rowsForTheTableOfSomebodyElseAreRefused() throws Exception {
        engine.with("V2__bad.sql", "COPY other.t (id) FROM STDIN;\n5\n6\n\\.\n");

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V2__bad.sql reaches outside the tenant's schema: table other.t;");
        assertThat(engine.query("SELECT count(*) FROM other.t")).containsExactly("1");
    }

    /** Such scripts run only on a home that has all before them. */
    @Test
    void aForeignKeyThatIsThereMayGo() throws Exception {
        engine.with(
                        "V2__a_enum.sql",
                        "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE m (m mood, t int REFERENCES other.t);")
                .with("V4__value.sql", "ALTER TYPE mood ADD VALUE 'b';")
                .with("V5__use.sql", "INSERT INTO m VALUES ('b', 1); DROP TABLE m; DROP TYPE mood;");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).containsKey("V5__use.sql");
        assertThat(engine.query("SELECT count(*) FROM other.t")).containsExactly("1");
    }

    @Test
    void oneConnectionIsEnough() throws Exception {
        try (EngineFixture narrow = new EngineFixture(Duration.ofSeconds(2), 1)) {
            narrow.with("V1__rewritten.sql", "CREATE TABLE a (id int); ALTER TABLE a ALTER COLUMN id TYPE bigint;")
                    .with("V2__dropped.sql", "CREATE TABLE b (id int); DROP TABLE b;");

            assertThat(narrow.proven().plans().steps()).hasSize(2);
        }
    }

    @Test
    void theScriptIsFoundThoughItRunsOnlyAfterOthersAreCommitted() throws Exception {
        engine.with("V2__a_enum.sql", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE m (m mood);")
                .with("V4__value.sql", "ALTER TYPE mood ADD VALUE 'b';")
                .with("V5__use.sql", "INSERT INTO m VALUES ('b'); INSERT INTO other.t VALUES (5);");

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V5__use.sql reaches outside the tenant's schema: table other.t;");
        assertThat(engine.query("SELECT count(*) FROM other.t")).containsExactly("1");
        assertThat(scratches()).isEmpty();
    }

    /** As when another session holds a table at that moment. The number of its try is one that no rollback takes back. */
    @Test
    void aScriptThatFailsOnlyWhenTheCulpritIsSoughtIsTriedAgain() throws Exception {
        engine.with(
                "V2__busy.sql",
                "DO $$ DECLARE try int; BEGIN EXECUTE 'SELECT next' || 'val(''other.' || 'ids'')' INTO try;"
                        + " IF try = 2 THEN RAISE lock_not_available; END IF; INSERT INTO other.t VALUES (100 + try); END $$");

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V2__busy.sql reaches outside the tenant's schema: table other.t;");
        assertThat(engine.query("SELECT count(*) FROM other.t")).containsExactly("1");
    }

    @Test
    void aRefusedStartAlsoWarns() throws Exception {
        engine.with("V2__allowed.sql", "INSERT INTO other.empty VALUES (5)")
                .with("V4__bad.sql", "INSERT INTO other.t VALUES (5)");

        try (StartLog log = new StartLog()) {
            assertThatThrownBy(() -> engine.allowing("V2__allowed.sql"))
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageStartingWith("V4__bad.sql reaches outside the tenant's schema: table other.t;");
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("V2__allowed.sql reaches outside the tenant's schema: table other.empty;");
        }
    }

    /** Here a tenant that is older than the baseline reaches more. */
    @Test
    void allThatAnAllowedScriptReachesIsOneWarning() throws Exception {
        engine.with("B5__all.sql", "CREATE TABLE good (id int)")
                .with(
                        "V6__allowed.sql",
                        "INSERT INTO other.empty VALUES (5); DO $$ BEGIN IF to_regclass('good_too') IS NOT NULL THEN"
                                + " INSERT INTO other.t VALUES (5); END IF; END $$");

        try (StartLog log = new StartLog()) {
            engine.allowing("V6__allowed.sql");

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("V6__allowed.sql reaches outside the tenant's schema: table other.empty, table other.t;");
        }
    }

    @Test
    void temporaryTablesWithToastAreTheSessions() throws Exception {
        engine.with("V11__t.sql", "CREATE TABLE note (id int PRIMARY KEY, body text)")
                .with(
                        "V12__dedupe.sql",
                        "CREATE TEMP TABLE longest AS SELECT max(id) AS id, body FROM note GROUP BY body;"
                                + " CREATE INDEX ON longest (id); ALTER TABLE longest ADD more text; ANALYZE longest;"
                                + " DELETE FROM note WHERE id NOT IN (SELECT id FROM longest)");

        assertThat(engine.proven().plans().steps()).containsKey("V11__t.sql");
    }

    /** As the session resolves names. */
    @Test
    void theSearchPathOfTheRoleCounts() throws Exception {
        engine.with("V11__a.sql", "CREATE TABLE a (id int)").with("V12__lookup.sql", "INSERT INTO lookup VALUES (1)");
        try (Server server = engine.serverOfOwner()) {
            engine.execute(
                    "CREATE SCHEMA shared AUTHORIZATION " + engine.owner() + "; CREATE TABLE shared.lookup (id int);"
                            + " ALTER TABLE shared.lookup OWNER TO " + engine.owner() + "; ALTER ROLE " + engine.owner()
                            + " SET search_path = shared, public");
            MigrationCatalog catalog = engine.catalog();

            assertThatThrownBy(() -> PlanVerifier.verify(catalog, server, Set.of(), warning -> {}))
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageContaining("V12__lookup.sql reaches outside the tenant's schema: table shared.lookup");
            assertThat(engine.query("SELECT id FROM shared.lookup")).isEmpty();
        }
    }

    private List<String> scratches() throws Exception {
        return engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'");
    }
}
