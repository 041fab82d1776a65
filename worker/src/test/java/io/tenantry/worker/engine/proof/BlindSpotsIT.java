package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Differences between a plan and Flyway that hide: in volatile values, between scripts, in triggers, in rows. */
class BlindSpotsIT {
    /** True where statements come one by one, false in a plan. No word of the script tells. */
    private static final String ONE_BY_ONE = "EXECUTE 'SELECT statement_' || 'timestamp() > now()' INTO one_by_one;";

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
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            at = NULL                              ; null
            at = '2020-01-01'                      ; a constant
            key = md5('x')                         ; one value for all rows
            luck = 0.5                             ; one value for all rows
            name = 'item ' || 3 - id               ; the values of other rows
            """)
    void whatAPlanLeavesWhereValuesAreVolatileIsCompared(String change, String what) throws Exception {
        engine.with("V1__item.sql", """
                        CREATE TABLE item (id int, name text, at timestamptz DEFAULT now(),
                            key text DEFAULT md5(gen_random_uuid()::text), luck float8 DEFAULT random());
                        INSERT INTO item (id, name) VALUES (1, 'item 1'), (2, 'item 2');
                        """)
                .with("V2__change.sql", """
                        SELECT 1;
                        DO $$ DECLARE one_by_one boolean; BEGIN
                            %s
                            IF NOT one_by_one THEN UPDATE item SET %s; END IF;
                        END $$;
                        """.formatted(ONE_BY_ONE, change))
                .with("V3__b.sql", "CREATE TABLE b (id int);");

        assertThat(engine.proven().plans().steps()).as(what).containsOnlyKeys("V1__item.sql", "V3__b.sql");
    }

    @Test
    void volatileValuesAreNoReasonAgainstAPlan() throws Exception {
        List<String> values = List.of(
                "now()",
                "clock_timestamp()",
                "random()",
                "gen_random_uuid()",
                "now() + interval '30 days'",
                "txid_current()",
                "md5(random()::text)");
        engine.with("V1__a.sql", "CREATE TABLE a (id int); INSERT INTO a SELECT generate_series(1, 20);");
        for (int i = 0; i < values.size(); i++) {
            engine.with(
                    "V" + (i + 2) + "__b.sql",
                    "CREATE TABLE b" + i + " AS SELECT id, " + values.get(i) + " AS value FROM a;");
        }

        assertThat(engine.proven().plans().steps()).hasSize(values.size() + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE b (at timestamptz DEFAULT now()); INSERT INTO b DEFAULT VALUES;",
                "INSERT INTO a DEFAULT VALUES;",
                "INSERT INTO a VALUES (now() + interval '1 day');",
            })
    void scriptsOfANewHomeKeepTheirOwnMoments(String second) throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (at timestamptz DEFAULT now()); INSERT INTO a DEFAULT VALUES;")
                .with("V2__b.sql", second);
        MigrationCatalog catalog = engine.proven();

        engine.onboard(catalog, "acme");

        assertThat(catalog.plans().steps()).hasSize(2);
        assertThat(catalog.plans().atOnce()).isFalse();
        assertThat(engine.query("SELECT count(DISTINCT xmin::text) FROM tenant_acme.flyway_schema_history"))
                .containsExactly("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET LOCAL TimeZone = 'Asia/Tokyo'",
                "SELECT set_config('TimeZone', 'Asia/Tokyo', true)",
                "DO $$ BEGIN EXECUTE 'SET LO' || 'CAL TimeZone = ''Asia/Tokyo'''; END $$"
            })
    void whatAScriptSetsForItselfDoesNotReachTheNextInANewHome(String script) throws Exception {
        engine.with("V1__a.sql", script + "; CREATE TABLE a (at timestamp DEFAULT now());")
                .with("V2__b.sql", "INSERT INTO a DEFAULT VALUES;");

        engine.onboard(engine.proven(), "acme");

        assertThat(engine.query("SELECT abs(extract(epoch FROM at - now()::timestamp)) < 3600 FROM tenant_acme.a"))
                .containsExactly("t");
    }

    /** A foreign key keeps others from writing to the table that it refers to. */
    @Test
    void aNewHomeThatKeepsOthersFromASharedTableIsNotMadeAtOnce() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.offer (id int PRIMARY KEY)");
        engine.with("V1__a.sql", "CREATE TABLE a (id int REFERENCES shared.offer);")
                .with("V2__slow.sql", "SELECT pg_sleep(0.3);");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).hasSize(2);
        assertThat(catalog.plans().atOnce()).isFalse();
    }

    @Test
    void anAuditTriggerSeesTheStatementAlone() throws Exception {
        engine.with("V1__item.sql", "CREATE TABLE item (id int, note text);").with("V2__audit.sql", """
                        CREATE TABLE audit (query text, at timestamptz);
                        CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS
                            $$ BEGIN INSERT INTO audit VALUES (current_query(), statement_timestamp()); RETURN NEW; END $$;
                        CREATE TRIGGER note_it BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION note_it();
                        """);
        engine.onboard(engine.proven(), "acme");
        engine.execute("INSERT INTO tenant_acme.item VALUES (1)");
        engine.with("V3__backfill.sql", "UPDATE item SET note = 'a';\nUPDATE item SET note = 'b';")
                .with("V4__column.sql", "ALTER TABLE item ADD COLUMN more int DEFAULT 0;");

        MigrationCatalog catalog = engine.proven();
        engine.upgrade(catalog, "acme", "latest", "2");

        assertThat(engine.query("SELECT query FROM tenant_acme.audit ORDER BY at"))
                .containsExactly("UPDATE item SET note = 'a'", "UPDATE item SET note = 'b'");
        assertThat(engine.query("SELECT count(DISTINCT at) FROM tenant_acme.audit"))
                .containsExactly("2");
        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__item.sql", "V4__column.sql");
    }

    @Test
    void anAuditTriggerOfTheDatabaseSeesTheStatementAlone() throws Exception {
        engine.execute("""
                CREATE SCHEMA audit; CREATE TABLE audit.log (query text);
                CREATE FUNCTION audit.text_now() RETURNS text LANGUAGE sql AS 'SELECT CURRENT_QUERY()';
                CREATE FUNCTION audit.note_it() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                    $$ BEGIN INSERT INTO audit.log VALUES (audit.text_now()); RETURN NEW; END $$;
                """);
        engine.with("V1__item.sql", "CREATE TABLE item (id int, note text);")
                .with(
                        "V2__audit.sql",
                        "CREATE TRIGGER note_it BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION audit.note_it();");
        engine.onboard(engine.proven(), "acme");
        engine.execute("INSERT INTO tenant_acme.item VALUES (1)");
        engine.with("V3__backfill.sql", "UPDATE item SET note = 'a';");

        engine.upgrade(engine.proven(), "acme", "latest", "2");

        assertThat(engine.query("SELECT query FROM audit.log")).containsExactly("UPDATE item SET note = 'a'");
    }

    @Test
    void anEventTriggerOfTheDatabaseSeesTheStatementAlone() throws Exception {
        engine.execute("""
                CREATE SCHEMA audit; CREATE TABLE audit.ddl_log (query text);
                CREATE FUNCTION audit.note_it() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
                    $$ BEGIN INSERT INTO audit.ddl_log VALUES (current_query()); END $$;
                CREATE EVENT TRIGGER note_it ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION audit.note_it();
                """);
        engine.with("V1__item.sql", "CREATE TABLE item (id int); CREATE VIEW v AS SELECT id FROM item;");
        MigrationCatalog catalog = engine.proven();
        engine.execute("TRUNCATE audit.ddl_log");

        engine.onboard(catalog, "acme");

        assertThat(engine.query("SELECT query FROM audit.ddl_log"))
                .containsExactly("CREATE VIEW v AS SELECT id FROM item");
    }

    /** Scratch is empty: an UPDATE meets no row there, and a row trigger is not met. */
    @Test
    void aScriptMeetsRowsWhenItIsTried() throws Exception {
        engine.with("V1__item.sql", """
                        CREATE TYPE colour AS ENUM ('red', 'green');
                        CREATE TABLE kind (id int PRIMARY KEY, name varchar(3) NOT NULL UNIQUE CHECK (length(name) > 0), colour colour NOT NULL);
                        CREATE TABLE item (id int PRIMARY KEY, kind int NOT NULL REFERENCES kind, at timestamptz DEFAULT now(),
                            note text, tags text[] NOT NULL DEFAULT '{}', body jsonb NOT NULL DEFAULT '{}');
                        CREATE TABLE audit (seen boolean);
                        """)
                .with("V2__audit.sql", """
                        CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$
                        DECLARE in_one boolean; BEGIN
                            EXECUTE 'SELECT current_' || 'query() LIKE ''%tenantry%''' INTO in_one;
                            INSERT INTO audit VALUES (in_one); RETURN coalesce(NEW, OLD);
                        END $$;
                        CREATE TRIGGER note_it BEFORE INSERT OR UPDATE OR DELETE ON item FOR EACH ROW EXECUTE FUNCTION note_it();
                        """)
                .with("V3__update.sql", "UPDATE item SET note = 'a';")
                .with("V4__delete.sql", "DELETE FROM item;")
                .with("V5__insert.sql", "INSERT INTO item (id, kind) SELECT id + 100, kind FROM item;")
                .with(
                        "V6__do.sql",
                        "DO $$ DECLARE i int; BEGIN FOR i IN SELECT id FROM item LOOP UPDATE item SET note = 'x' WHERE id = i;"
                                + " END LOOP; END $$;")
                .with(
                        "V7__merge.sql",
                        "MERGE INTO item i USING kind k ON i.kind = k.id WHEN MATCHED THEN UPDATE SET note = 'm';")
                .with("V8__kind.sql", "UPDATE kind SET colour = 'green';");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__item.sql", "V2__audit.sql", "V8__kind.sql");
        assertThat(catalog.plans().atOnce()).as("a new home has no rows").isTrue();
        assertThat(engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'"))
                .isEmpty();
    }

    @Test
    void rowsThatCannotBeMadeUpTakeNoPlanAway() throws Exception {
        engine.with("V1__odd.sql", """
                        CREATE TABLE odd (id int PRIMARY KEY CHECK (id = 4711), code text NOT NULL CHECK (code ~ '^[A-Z]{17}$'));
                        CREATE TABLE next_odd (id int PRIMARY KEY REFERENCES odd, note text);
                        CREATE TABLE fine (id bigint GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (2) STORED, a int);
                        CREATE DOMAIN never AS int CHECK (VALUE < 0); CREATE TABLE nevers (a never NOT NULL);
                        """)
                .with("V2__backfill.sql", "UPDATE next_odd SET note = 'x'; UPDATE fine SET a = 1; DELETE FROM nevers;")
                .with("V3__fails_with_rows.sql", "ALTER TABLE fine ADD COLUMN must int NOT NULL; DELETE FROM fine;")
                .with("V4__ids.sql", "INSERT INTO fine (a, must) VALUES (1, 1);");

        MigrationCatalog catalog = engine.proven();
        engine.onboard(catalog, "acme");

        assertThat(catalog.plans().steps()).hasSize(4);
        assertThat(catalog.plans().atOnce()).isTrue();
        assertThat(engine.query("SELECT id FROM tenant_acme.fine")).isEqualTo(List.of("1"));
    }
}
