package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What stands in no table and in no schema of a tenant: roles, memberships, settings, comments, servers, publications. All scripts
 * are tried at one start, as it names each of those that reach outside.
 */
class SharedCatalogsIT {
    /** Each with what the refusal must name; {@code %s} begins the names of roles, {@code %d} is the database. */
    private static final Map<String, String> REACHING = Map.ofEntries(
            Map.entry("ALTER ROLE %s_there SET work_mem = '5MB'", "settings of %s_there"),
            Map.entry("ALTER ROLE %s_set RESET ALL", "settings of %s_set"),
            Map.entry("ALTER DATABASE %d SET work_mem = '5MB'", "settings of the database"),
            Map.entry("GRANT %s_there TO %s_other", "membership of %s_other in %s_there"),
            Map.entry("CREATE ROLE %s_reader", "%s_reader"),
            Map.entry("COMMENT ON ROLE %s_there IS 'x'", "comment on role %s_there"),
            Map.entry("COMMENT ON ROLE %s_other IS NULL", "comment on role %s_other"),
            Map.entry("COMMENT ON DATABASE %d IS NULL", "comment on a database"),
            Map.entry("COMMENT ON FUNCTION public.f() IS 'x'", "comment on function f()"),
            Map.entry("COMMENT ON TYPE public.mood IS 'x'", "comment on type mood"),
            Map.entry("COMMENT ON SERVER elsewhere IS 'x'", "comment on server elsewhere"),
            Map.entry("CREATE USER MAPPING FOR PUBLIC SERVER elsewhere", "user mapping of public for server elsewhere"),
            Map.entry("ALTER SERVER elsewhere OPTIONS (host 'x')", "server elsewhere"),
            Map.entry(
                    "ALTER DEFAULT PRIVILEGES FOR ROLE %s_there GRANT SELECT ON TABLES TO PUBLIC",
                    "default privileges of %s_there"),
            Map.entry(
                    "ALTER TEXT SEARCH CONFIGURATION public.words DROP MAPPING FOR asciiword",
                    "text search configuration words"),
            Map.entry("ALTER TYPE public.mood ADD VALUE 'b'", "type mood"),
            Map.entry("GRANT SELECT ON LARGE OBJECT 12345 TO %s_there", "large object 12345"),
            Map.entry("ALTER LARGE OBJECT 12346 OWNER TO %s_there", "large object 12346"),
            Map.entry("COMMENT ON LARGE OBJECT 12347 IS 'x'", "comment on large object 12347"),
            Map.entry("SELECT lo_unlink(12348)", "large object 12348"));

    /** The same for statements that only a superuser may run, or whose effect only a superuser sees. */
    private static final Map<String, String> REACHING_AS_SUPERUSER = Map.ofEntries(
            Map.entry("REVOKE %s_there FROM %s_member", "membership of %s_member in %s_there"),
            Map.entry(
                    "ALTER USER MAPPING FOR %s_other SERVER elsewhere OPTIONS (SET user 'x')",
                    "user mapping of %s_other for server elsewhere"),
            Map.entry("ALTER ROLE %s_named RENAME TO %s_new", "role %s_new"),
            Map.entry("CREATE SERVER more FOREIGN DATA WRAPPER postgres_fdw", "server more"),
            Map.entry("CREATE PUBLICATION everything FOR ALL TABLES", "publication everything"),
            Map.entry("CREATE PUBLICATION \"${tenant}_all\" FOR ALL TABLES", "publication t"),
            Map.entry(
                    "CREATE PUBLICATION \"${tenant}_public\" FOR TABLES IN SCHEMA public",
                    "schema public of publication t"),
            Map.entry(
                    "CREATE EVENT TRIGGER watch ON table_rewrite EXECUTE FUNCTION public.watch()",
                    "event trigger watch"),
            Map.entry("GRANT SET ON PARAMETER work_mem TO %s_there", "right to set parameter work_mem"),
            Map.entry("GRANT CREATE ON TABLESPACE pg_default TO %s_there", "tablespace pg_default"),
            Map.entry("CREATE OPERATOR FAMILY public.made USING btree", "operator family made"));

    private static final List<String> OF_THE_TENANT = List.of(
            "CREATE ROLE \"${tenant}_a\"; ALTER ROLE \"${tenant}_a\" SET work_mem = '5MB'",
            "ALTER ROLE \"${tenant}_a\" RESET ALL; COMMENT ON ROLE \"${tenant}_a\" IS 'x'",
            "COMMENT ON ROLE \"${tenant}_a\" IS NULL; GRANT %s_there TO \"${tenant}_a\"",
            "REVOKE %s_there FROM \"${tenant}_a\"",
            "CREATE USER MAPPING FOR \"${tenant}_a\" SERVER elsewhere",
            "DROP USER MAPPING FOR \"${tenant}_a\" SERVER elsewhere; DROP ROLE \"${tenant}_a\"",
            "CREATE TYPE mood AS ENUM ('a'); COMMENT ON TYPE mood IS 'x'; ALTER TYPE mood ADD VALUE 'b'",
            "COMMENT ON FUNCTION public.g() IS 'as it was'; REVOKE %s_member FROM %s_there",
            "CREATE TEXT SEARCH CONFIGURATION words (COPY = simple); ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR word",
            "CREATE TABLE files (file oid); INSERT INTO files VALUES (lo_from_bytea(0, 'x'))",
            "DO $$ BEGIN EXECUTE format('GRANT SELECT ON LARGE OBJECT %1$s TO PUBLIC; COMMENT ON LARGE OBJECT %1$s IS ''x''',"
                    + " (SELECT file FROM files)); PERFORM lo_put(file, 0, 'y'), lo_unlink(lo_from_bytea(0, 'z')) FROM files; END $$",
            "SELECT lo_unlink(lo_create(0)), lo_get(12345); GRANT SELECT ON LARGE OBJECT 12345 TO %s_member");

    private EngineFixture engine;
    private String prefix;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
        prefix = "r" + engine.owner().substring(7, 30);
        engine.execute(named("""
                CREATE ROLE %s_there; CREATE ROLE %s_other; CREATE ROLE %s_set; CREATE ROLE %s_named;
                CREATE ROLE %s_member IN ROLE %s_there; ALTER ROLE %s_set SET work_mem = '6MB'; COMMENT ON ROLE %s_other IS 'other';
                COMMENT ON DATABASE %d IS 'tenants'; CREATE EXTENSION postgres_fdw;
                CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
                CREATE USER MAPPING FOR %s_other SERVER elsewhere OPTIONS (user 'other');
                CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
                CREATE FUNCTION public.g() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION public.g() IS 'as it was';
                CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
                SELECT lo_from_bytea(number, 'there') FROM generate_series(12345, 12348) number;
                GRANT SELECT ON LARGE OBJECT 12345 TO %s_member;
                CREATE TYPE public.mood AS ENUM ('a'); CREATE TEXT SEARCH CONFIGURATION public.words (COPY = simple);
                """));
    }

    @AfterEach
    void close() throws Exception {
        engine.execute(
                named(
                        "DROP OWNED BY %s_there, %s_other, %s_member; DROP ROLE %s_there, %s_other, %s_set, %s_named, %s_member"));
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatChangesThemForOthersIsRefusedByNameAndLeavesNothing(boolean superuser) throws Exception {
        Map<String, String> reaching = new LinkedHashMap<>(REACHING);
        if (superuser) {
            reaching.putAll(REACHING_AS_SUPERUSER);
        }
        Map<String, String> named = new LinkedHashMap<>();
        engine.with("V1__good.sql", "CREATE TABLE good (id int)");
        reaching.forEach((statement, what) -> {
            String script = "V" + (named.size() + 2) + "__bad.sql";
            named.put(script, named(what));
            with(script, statement);
        });
        try (Server server = superuser ? engine.server() : owner()) {
            List<String> before = everywhere();

            MigrationsRefusedException refusal =
                    catchThrowableOfType(MigrationsRefusedException.class, () -> engine.proven(server));

            SoftAssertions softly = new SoftAssertions();
            List<String> refused = List.of(String.valueOf(refusal.getMessage()).split("; ", -1));
            named.forEach((script, what) -> softly.assertThat(refused)
                    .anySatisfy(one -> assertThat(one)
                            .startsWith(script + " reaches outside the tenant's schema: ")
                            .contains(what)));
            softly.assertThat(refusal.getMessage()).doesNotContain("good");
            softly.assertThat(everywhere()).isEqualTo(before);
            softly.assertAll();
        }
    }

    @Test
    void whatIsTheTenantsOrChangesNothingIsAccepted() throws Exception {
        engine.with("V1__good.sql", "CREATE TABLE good (id int)");
        for (int i = 0; i < OF_THE_TENANT.size(); i++) {
            with("V" + (i + 2) + "__fine.sql", OF_THE_TENANT.get(i));
        }
        engine.with("V99__own.sql", "CREATE PUBLICATION \"${tenant}_own\" FOR TABLES IN SCHEMA \"${schema}\"");
        List<String> before = everywhere();

        try (StartLog log = new StartLog()) {
            engine.proven();

            assertThat(log.lines()).noneMatch(line -> line.contains("failed"));
        }
        assertThat(everywhere()).isEqualTo(before);
    }

    /** A script that fails until those before it are committed is tried in the transaction that holds what they made. */
    @Test
    void whatTheTrialItselfHasMadeIsTheTenantsAlsoWhenItChangesAgain() throws Exception {
        pendingForeignKey();
        with(
                "V2__make.sql",
                "CREATE TABLE files (file oid); INSERT INTO files SELECT lo_create(0) FROM generate_series(1, 2);"
                        + " DO $$ BEGIN EXECUTE format('COMMENT ON LARGE OBJECT %1$s IS ''x''', (SELECT max(file) FROM files)); END $$;"
                        + " CREATE ROLE \"${tenant}_a\"; CREATE PUBLICATION \"${tenant}_p\"; COMMENT ON PUBLICATION \"${tenant}_p\" IS 'x'");
        with(
                "V3__change.sql",
                "ALTER TABLE child ADD note text; COMMENT ON PUBLICATION \"${tenant}_p\" IS 'y'; DROP ROLE \"${tenant}_a\";"
                        + " DO $$ BEGIN EXECUTE format('GRANT SELECT ON LARGE OBJECT %1$s TO PUBLIC; COMMENT ON LARGE OBJECT %1$s IS ''y''',"
                        + " (SELECT max(file) FROM files)); PERFORM lo_unlink((SELECT min(file) FROM files)); END $$");
        List<String> before = everywhere();

        engine.proven();

        assertThat(everywhere()).isEqualTo(before);
    }

    @Test
    void whatAnAllowedScriptHasChangedBeforeInTheTrialIsNotTheTenants() throws Exception {
        pendingForeignKey();
        with("V2__allowed.sql", "GRANT SELECT ON LARGE OBJECT 12346 TO %s_there");
        with("V3__bad.sql", "ALTER TABLE child ADD note text; GRANT UPDATE ON LARGE OBJECT 12346 TO %s_there");

        MigrationsRefusedException refusal =
                catchThrowableOfType(MigrationsRefusedException.class, () -> engine.allowing("V2__allowed.sql"));

        assertThat(refusal)
                .hasMessageStartingWith("V3__bad.sql reaches outside the tenant's schema: large object 12346");
    }

    /** Its check at the end of the transaction forbids an ALTER TABLE in the same one. */
    private void pendingForeignKey() throws Exception {
        engine.with(
                "V1__deferred.sql",
                "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1);"
                        + " CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED); INSERT INTO child VALUES (1)");
    }

    private void with(String script, String statement) {
        try {
            engine.with(script, named(statement));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String named(String text) {
        return text.replace("%s", prefix).replace("%d", engine.owner().replaceAll("_owner$", ""));
    }

    /** For a role that may do as much of it as a role can that is no superuser. */
    private Server owner() throws Exception {
        Server server = engine.serverOfOwner();
        String owner = engine.owner();
        engine.execute(named("GRANT %s_there, %s_other, %s_set, %s_named, %s_member TO " + owner + " WITH ADMIN OPTION;"
                + " ALTER ROLE " + owner + " CREATEROLE; ALTER SERVER elsewhere OWNER TO " + owner
                + "; GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO " + owner
                + "; ALTER FUNCTION public.f() OWNER TO " + owner
                + "; ALTER TYPE public.mood OWNER TO " + owner
                + "; ALTER LARGE OBJECT 12345 OWNER TO " + owner
                + "; ALTER LARGE OBJECT 12346 OWNER TO " + owner
                + "; ALTER LARGE OBJECT 12347 OWNER TO " + owner
                + "; ALTER LARGE OBJECT 12348 OWNER TO " + owner
                + "; ALTER TEXT SEARCH CONFIGURATION public.words OWNER TO "
                + owner));
        return server;
    }

    private List<String> everywhere() throws Exception {
        String roles = "'" + prefix + "|^t[0-9a-f]{12}_'";
        return engine.query("SELECT r::text FROM pg_roles r WHERE rolname ~ " + roles
                + " UNION ALL SELECT m.roleid::regrole || ' ' || m.member::regrole FROM pg_auth_members m WHERE m.roleid::regrole::text ~ "
                + roles + " UNION ALL SELECT s::text FROM pg_db_role_setting s WHERE s.setrole::regrole::text ~ "
                + roles
                + " UNION ALL SELECT m::text FROM pg_user_mappings m UNION ALL SELECT p.pubname FROM pg_publication p"
                + " UNION ALL SELECT evtname FROM pg_event_trigger UNION ALL SELECT enumlabel FROM pg_enum"
                + " UNION ALL SELECT nspname FROM pg_namespace UNION ALL SELECT s::text FROM pg_foreign_server s"
                + " UNION ALL SELECT m::text FROM pg_largeobject_metadata m"
                + " UNION ALL SELECT md5(string_agg(m::text, ',' ORDER BY m::text)) FROM pg_ts_config_map m"
                + " UNION ALL SELECT d.description FROM pg_description d WHERE d.objoid > 16384 ORDER BY 1");
    }
}
