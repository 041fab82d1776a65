package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither functions of the database nor an allowed script excuse what a script does outside its schema. */
class ReachIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
        engine.execute("CREATE TABLE public.users (id int, name text); CREATE TABLE public.orders (id int);"
                + " CREATE TABLE public.events (at timestamptz, kind text) PARTITION BY LIST (kind);"
                + " CREATE FUNCTION public.purge() RETURNS void LANGUAGE plpgsql AS"
                + " $$ BEGIN TRUNCATE users, orders; DELETE FROM events; RAISE 'the database'; END $$;"
                + " CREATE TABLE public.countries (id int PRIMARY KEY); INSERT INTO public.countries VALUES (1);"
                + " CREATE TABLE public.log (what text);"
                + " CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN INSERT INTO public.log VALUES (tg_table_name); RETURN NEW; END $$");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 65', current_database()); END $$",
                "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), 1); END $$",
                "CREATE TABLE old (id int); DROP TABLE old, public.users",
                "TRUNCATE orders, public.users",
                "CREATE TABLE b (id int); TRUNCATE b, users",
                "CREATE TABLE b (id int); GRANT SELECT ON a, b, public.users TO PUBLIC",
                "COMMENT ON COLUMN public.users.id IS 'the number'",
                "CREATE PUBLICATION changes FOR TABLE a, public.users",
                "CREATE STATISTICS pairs ON id, name FROM public.users",
                "CREATE TABLE part PARTITION OF public.events FOR VALUES IN ('a')",
                "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND"
                        + " tablename LIKE 'user%' LOOP EXECUTE format('TRUNCATE public.%I', t); END LOOP; END $$",
                "TRUNCATE a, log; INSERT INTO a VALUES (2)",
                "GRANT SELECT ON a, public.log TO PUBLIC; INSERT INTO a VALUES (2)"
            })
    void aFunctionOfTheDatabaseExcusesNoScript(String script) throws Exception {
        engine.with(
                        "V1__a.sql",
                        "CREATE TABLE a (id int); CREATE TRIGGER note AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION"
                                + " public.note(); INSERT INTO a VALUES (1)")
                .with("V2__bad.sql", script);

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V2__bad.sql reaches outside the tenant's schema: ")
                .hasMessageNotContaining("V1__a");
    }

    /** A trigger of V1 writes in V2 and V3, which only read and mention what it writes. */
    @Test
    void whatTriggersOfTheDatabaseWriteIsStillNotTheScripts() throws Exception {
        engine.with(
                        "V1__a.sql",
                        "CREATE TABLE a (id int); CREATE TRIGGER note AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION public.note()")
                .with("V2__rows.sql", "INSERT INTO a VALUES (1); COMMENT ON TABLE a IS 'see public.log'")
                .with("V3__read.sql", "CREATE TABLE c AS SELECT * FROM public.log; INSERT INTO a VALUES (2)");

        assertThat(engine.proven().plans().steps()).containsKeys("V1__a.sql", "V2__rows.sql");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM public.countries",
                "DELETE FROM public.countries WHERE id = 9",
                "DROP TABLE public.countries CASCADE",
                "TRUNCATE public.countries",
                "ALTER TABLE public.countries ADD more int",
                "DO $$ BEGIN EXECUTE 'UPDATE public.coun' || 'tries SET id = 3'; END $$",
                "DO $$ BEGIN EXECUTE 'DROP TABLE public.coun' || 'tries CASCADE'; END $$"
            })
    void anAllowedScriptDoesNotHideALaterOne(String script) throws Exception {
        engine.with(
                        "V1__init.sql",
                        "GRANT SELECT ON public.countries TO PUBLIC; INSERT INTO public.countries VALUES (2);"
                                + " CREATE TABLE a (id int)")
                .with("V2__b.sql", "CREATE TABLE b (country int REFERENCES public.countries); INSERT INTO b VALUES (1)")
                .with("V7__bad.sql", script);

        assertThatThrownBy(() -> engine.allowing("V1__init.sql"))
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V7__bad.sql reaches outside the tenant's schema: ")
                .hasMessageContaining("table public.countries");
        assertThat(engine.query("SELECT id FROM public.countries")).containsExactly("1");
    }

    /** It runs only when what is before it is committed. */
    @Test
    void aScriptThatIsTriedAloneIsJudgedByTheFunctionsThatScriptsMadeBefore() throws Exception {
        engine.with(
                        "V1__f.sql",
                        "CREATE FUNCTION enter() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.orders VALUES (1); END';"
                                + " CREATE TYPE mood AS ENUM ('a'); CREATE TABLE m (m mood)")
                .with("V2__value.sql", "ALTER TYPE mood ADD VALUE 'b'")
                .with("V3__use.sql", "INSERT INTO m VALUES ('b'); SELECT enter()");
        MigrationCatalog allowed = engine.allowing("V3__use.sql");
        engine.onboard(allowed, "acme");

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V3__use.sql reaches outside the tenant's schema: table public.orders");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE ROLE %s_reader",
                "DROP ROLE %s_there",
                "ALTER ROLE %s_there PASSWORD 'secret'",
                "ALTER ROLE %s_there CREATEDB",
                "GRANT %s_there TO %s_other",
                "CREATE ROLE \"${tenant}_app\"; CREATE ROLE %s_reader"
            })
    void aRoleWithAFixedNameIsNotTheTenants(String script) throws Exception {
        String name = "r" + engine.owner().substring(7, 30);
        engine.execute("CREATE ROLE %s_there; CREATE ROLE %s_other".replace("%s", name));
        try {
            engine.with("V1__role.sql", script.replace("%s", name));

            assertThatThrownBy(() -> engine.proven())
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageStartingWith("V1__role.sql reaches outside the tenant's schema: ")
                    .hasMessageContaining(name);
        } finally {
            engine.execute("DROP ROLE %s_there; DROP ROLE %s_other; DROP ROLE IF EXISTS %s_reader".replace("%s", name));
        }
    }

    @Test
    void aRoleThatIsThereAlreadyIsNotMadeAgain() throws Exception {
        String name = "r" + engine.owner().substring(7, 30);
        engine.execute("CREATE ROLE " + name);
        try {
            engine.with(
                    "V1__role.sql",
                    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + name + "') THEN CREATE ROLE "
                            + name + "; END IF; END $$; DO $$ BEGIN CREATE ROLE " + name
                            + "; EXCEPTION WHEN duplicate_object THEN END $$; CREATE TABLE a (id int);"
                            + " DROP ROLE IF EXISTS \"${tenant}_gone\"");

            assertThat(engine.proven().migrations()).hasSize(1);
        } finally {
            engine.execute("DROP ROLE " + name);
        }
    }
}
