package io.tenantry.worker.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two schemas made by the same scripts have one snapshot, whatever is around them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogSnapshotIT {
    private static final String TWO_TABLES =
            "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL); CREATE TABLE tasks (id integer, owner integer)";

    private SnapshotDatabase database;

    @BeforeAll
    void create() throws SQLException {
        database = SnapshotDatabase.create();
    }

    @AfterAll
    void close() throws SQLException {
        database.close();
    }

    @AfterEach
    void dropSchemas() throws SQLException {
        for (String schema : List.of("tenant_a", "tenant-b", "Tenant \"C\"", "bystander")) {
            database.drop(schema);
        }
    }

    @Test
    void schemasOfTheSameScriptAreEqualWhateverTheirNames() throws SQLException {
        String script = SnapshotDatabase.text("nasty.sql");
        database.schema("tenant_a", script);
        database.schema("tenant-b", script);
        database.schema("Tenant \"C\"", script.replace("\"${schema}\"", "\"Tenant \"\"C\"\"\""));

        CatalogSnapshot snapshot = database.catalog("tenant_a");
        for (String other : List.of("tenant-b", "Tenant \"C\"")) {
            assertThat(snapshot.differences(database.catalog(other))).isEmpty();
            assertThat(database.catalog(other)).isEqualTo(snapshot).hasSameHashCodeAs(snapshot);
            assertThat(database.catalog(other).fingerprint()).isEqualTo(snapshot.fingerprint());
        }
        assertThat(snapshot.fingerprint()).matches("[0-9a-f]{64}");
        assertThat(snapshot.entries().values().toString()).doesNotContain("tenant_a");
    }

    @Test
    void schemasInTwoDatabasesAreEqual() throws SQLException {
        database.schema("tenant_a", SnapshotDatabase.text("nasty.sql"));
        try (SnapshotDatabase other = SnapshotDatabase.create()) {
            // Other numbers for the same objects.
            other.schema("bystander", TWO_TABLES);
            other.schema("tenant_b", SnapshotDatabase.text("nasty.sql"));

            assertThat(database.catalog("tenant_a").differences(other.catalog("tenant_b")))
                    .isEmpty();
        }
    }

    /** PostgreSQL 15.20 writes such a number among the options of each column; the server of this test does not. */
    @Test
    void numbersThatPostgresqlKeepsAmongTheOptionsOfColumnsAreNoDifference() throws SQLException {
        database.schema("tenant_a", TWO_TABLES + "; ALTER TABLE users ALTER email SET (n_distinct = 5)");
        database.schema("tenant-b", TWO_TABLES + "; ALTER TABLE users ALTER email SET (n_distinct = 5)");
        CatalogSnapshot without = database.catalog("tenant_a");

        database.execute(
                "UPDATE pg_attribute SET attoptions = '{pg_attver=26530592}' || coalesce(attoptions, '{}') WHERE"
                        + " attnum > 0 AND attrelid IN ('tenant_a.users'::regclass, 'tenant_a.tasks'::regclass)");

        assertThat(database.catalog("tenant_a")).isEqualTo(without).isEqualTo(database.catalog("tenant-b"));
        assertThat(without.entries().get("column users.email")).asString().contains("SET n_distinct=5");
    }

    @Test
    void oneDetailOfManyMakesThemDiffer() throws SQLException {
        String script = SnapshotDatabase.text("nasty.sql");
        database.schema("tenant_a", script);
        database.schema("tenant-b", script.replace("upper(name)", "lower(name)"));

        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .extracting(CatalogSnapshotIT::text)
                .containsExactly("index \"Members Upper\": "
                        + "here `…embers USING btree (upper(name)) INCLUDE (score) WITH (fillfactor='60')`, "
                        + "there `…embers USING btree (lower(name)) INCLUDE (score) WITH (fillfactor='60')`");
    }

    @Test
    void theOrderInWhichObjectsWereMadeDoesNotMatter() throws SQLException {
        List<String> parts = new ArrayList<>(List.of(
                "CREATE TABLE one (id integer PRIMARY KEY, name text); CREATE INDEX a ON one (name); CREATE INDEX b ON one (id)",
                "CREATE TABLE two (id integer PRIMARY KEY); GRANT SELECT ON two TO snapshot_reader; GRANT SELECT ON two TO PUBLIC",
                "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                "CREATE SEQUENCE s; COMMENT ON SEQUENCE s IS 's'; CREATE VIEW v AS SELECT 1 AS x"));
        database.schema("tenant_a", parts.toArray(String[]::new));
        parts.sort(Comparator.reverseOrder());
        parts.replaceAll(part -> part.replace(
                "GRANT SELECT ON two TO snapshot_reader; GRANT SELECT ON two TO PUBLIC",
                "GRANT SELECT ON two TO PUBLIC; GRANT SELECT ON two TO snapshot_reader"));
        parts.replaceAll(part -> part.replace(
                "CREATE INDEX a ON one (name); CREATE INDEX b ON one (id)",
                "CREATE INDEX b ON one (id); CREATE INDEX a ON one (name)"));
        database.schema("tenant-b", parts.toArray(String[]::new));

        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .isEmpty();
    }

    @Test
    void objectsOfOtherSchemasDoNotMatter() throws SQLException {
        database.schema("tenant_a", TWO_TABLES, "CREATE TYPE mood AS ENUM ('ok')");
        CatalogSnapshot before = database.catalog("tenant_a");

        database.schema(
                "bystander",
                SnapshotDatabase.text("nasty.sql"),
                "CREATE TABLE refers (id integer REFERENCES tenant_a.users, mood tenant_a.mood)",
                "CREATE VIEW sees AS SELECT 'tenant_a'::regnamespace AS its_name, u.* FROM tenant_a.users u",
                "CREATE FUNCTION takes(tenant_a.mood) RETURNS tenant_a.users LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");

        assertThat(database.catalog("tenant_a").differences(before)).isEmpty();
    }

    @Test
    void rowsAndSequencesMovingOnDoNotMatterNorDoDroppedColumns() throws SQLException {
        database.schema("tenant_a", TWO_TABLES, "CREATE TABLE counted (id serial)");
        CatalogSnapshot before = database.catalog("tenant_a");

        database.in(
                "tenant_a",
                "INSERT INTO counted DEFAULT VALUES; ANALYZE; ALTER TABLE users ADD COLUMN gone text;"
                        + " ALTER TABLE users DROP COLUMN gone");

        assertThat(database.catalog("tenant_a").differences(before)).isEmpty();
    }

    @Test
    void theMarkOnTheSchemaIsLeftOutAndTheHistoryTableIsNot() throws SQLException {
        database.schema("tenant_a", TWO_TABLES);
        database.schema("tenant-b", TWO_TABLES);
        database.execute("COMMENT ON SCHEMA tenant_a IS 'tenantry tenant=a database=users'");
        assertThat(database.catalog("tenant_a")).isEqualTo(database.catalog("tenant-b"));

        database.in("tenant_a", "CREATE TABLE flyway_schema_history (installed_rank integer)");

        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .extracting(CatalogSnapshotIT::text)
                .containsExactly("table flyway_schema_history: here `USING heap`, there nothing");
    }

    @Test
    void itsOwnNameInFunctionBodiesIsNoDifferenceButAnothersIs() throws SQLException {
        String script = "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN SET LOCAL search_path TO"
                + " \"${schema}\", public; RETURN (SELECT count(*) FROM \"${schema}\".users); END $$";
        database.schema("tenant_a", TWO_TABLES, script);
        database.schema("tenant-b", TWO_TABLES, script);
        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .isEmpty();

        database.in("tenant-b", script.replace("${schema}", "tenant_a").replace("FUNCTION", "OR REPLACE FUNCTION"));

        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .singleElement()
                .isInstanceOfSatisfying(Difference.Definition.class, definition -> {
                    assertThat(definition.object()).isEqualTo("function f()");
                    assertThat(definition.here()).contains("<schema>").doesNotContain("tenant_a");
                    assertThat(definition.there()).contains("tenant_a");
                });
    }

    @Test
    void aSchemaThatDoesNotExistHasNoSnapshot() {
        assertThatThrownBy(() -> database.catalog("nowhere"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("schema nowhere does not exist")
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .isEqualTo("3F000");
    }

    @Test
    void anEmptySchemaHasOne() throws SQLException {
        database.schema("tenant_a");

        assertThat(database.catalog("tenant_a").entries())
                .containsOnlyKeys("schema", "owner of schema", "privileges on schema");
    }

    @Test
    void theSettingsOfTheSessionDoNotMatter() throws SQLException {
        database.schema("tenant_a", SnapshotDatabase.text("nasty.sql"));
        CatalogSnapshot expected = database.catalog("tenant_a");
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            statement.execute(
                    "SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = 'sql_standard'; SET DateStyle = 'ISO, DMY';"
                            + " SET quote_all_identifiers = on; SET extra_float_digits = 0; SET search_path = tenant_a");

            assertThat(CatalogSnapshot.of(session, "tenant_a").differences(expected))
                    .isEmpty();
        }
    }

    @Test
    void objectsNamedLikeThoseOfTheServerDoNotMislead() throws SQLException {
        String script = """
                CREATE TABLE pg_class (oid integer);
                CREATE TABLE pg_depend (classid oid);
                CREATE TYPE text AS ENUM ('no');
                CREATE FUNCTION quote_ident(name) RETURNS pg_catalog.text LANGUAGE sql AS $$ SELECT 'hijacked'::pg_catalog.text $$;
                CREATE FUNCTION lower(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$;
                CREATE TABLE uses (mine text, theirs pg_catalog.text, CHECK (lower(theirs) <> pg_catalog.lower(theirs)));
                """;
        database.schema("tenant_a", script);
        database.schema("tenant-b", script);
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            statement.execute(
                    "SET search_path = tenant_a, pg_catalog; CREATE TEMPORARY TABLE pg_namespace (oid integer);"
                            + " CREATE TEMPORARY TABLE uses (id integer)");
            CatalogSnapshot snapshot = CatalogSnapshot.of(session, "tenant_a");

            assertThat(snapshot.differences(database.catalog("tenant-b"))).isEmpty();
            assertThat(snapshot.entries()).containsKeys("table pg_class", "column uses.theirs", "enum text");
            assertThat(snapshot.entries().toString()).doesNotContain("hijacked.");
        }
    }

    @Test
    void leavesNoTraceOnTheSession() throws SQLException {
        database.schema("tenant_a", TWO_TABLES);
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            statement.execute("SET search_path = bystander; SET TimeZone = 'Asia/Tokyo'");
            List<String> before = settings(session);

            CatalogSnapshot alone = CatalogSnapshot.of(session, "tenant_a");
            assertThat(settings(session)).isEqualTo(before);
            assertThat(session.getAutoCommit()).isTrue();

            session.setAutoCommit(false);
            statement.execute("SET LOCAL search_path = tenant_a; SET LOCAL row_security = off");
            statement.execute("SET LOCAL DateStyle = 'ISO, DMY'; CREATE TABLE seen (id integer)");
            List<String> within = settings(session);
            CatalogSnapshot inTransaction = CatalogSnapshot.of(session, "tenant_a");
            assertThat(settings(session)).as("inside the transaction").isEqualTo(within);
            assertThat(alone.differences(inTransaction))
                    .extracting(CatalogSnapshotIT::text)
                    .containsExactly("table seen: here nothing, there `USING heap`");

            session.rollback();
            assertThat(settings(session)).as("after it").isEqualTo(before);
        }
    }

    @Test
    void aDriverThatSendsStatementsOneByOneIsNoObstacle() throws SQLException {
        database.schema("tenant_a", SnapshotDatabase.text("nasty.sql"));
        CatalogSnapshot expected = database.catalog("tenant_a");
        try (Connection session = database.connect("?preferQueryMode=simple");
                Statement statement = session.createStatement()) {
            statement.execute("SET quote_all_identifiers = on");
            assertThat(CatalogSnapshot.of(session, "tenant_a").differences(expected))
                    .isEmpty();

            session.setAutoCommit(false);
            assertThat(CatalogSnapshot.of(session, "tenant_a").differences(expected))
                    .isEmpty();
        }
    }

    static Stream<Arguments> rareObjects() {
        return Stream.of(
                arguments("CREATE DOMAIN d AS integer CONSTRAINT positive CHECK (VALUE > 0)", "constraint d.positive"),
                arguments("CREATE POLICY p ON plain USING (true)", "policy plain.p"),
                arguments("CREATE STATISTICS s ON a, b FROM plain", "statistics s"),
                arguments("CREATE STATISTICS bystander.s ON a, b FROM plain", "statistics bystander.s"),
                arguments("CREATE AGGREGATE g(integer) (SFUNC = int4pl, STYPE = integer)", "aggregate g(integer)"),
                arguments("CREATE CAST (plain AS integer) WITH FUNCTION bystander.f(plain)", "cast (plain AS integer)"),
                arguments("CREATE CAST (e AS integer) WITH FUNCTION bystander.f(e)", "cast (e AS integer)"),
                arguments("CREATE CAST (bigint[] AS integer) WITH FUNCTION f(bigint[])", "cast (bigint[] AS integer)"),
                arguments(
                        "CREATE TRANSFORM FOR e LANGUAGE plpgsql (FROM SQL WITH FUNCTION prsd_lextype(internal))",
                        "transform e LANGUAGE plpgsql"),
                arguments(
                        "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer)",
                        "operator ===(integer,integer)"),
                arguments("CREATE OPERATOR FAMILY o USING btree", "operator family o USING btree"),
                arguments(
                        "CREATE OPERATOR CLASS c FOR TYPE integer USING btree AS"
                                + " OPERATOR 1 <, FUNCTION 1 btint4cmp(integer, integer)",
                        "operator class c USING btree"),
                arguments("CREATE COLLATION l FROM \"C\"", "collation l"),
                arguments("CREATE CONVERSION v FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "conversion v"),
                arguments("CREATE TEXT SEARCH CONFIGURATION t (COPY = simple)", "text search configuration t"),
                arguments("CREATE TEXT SEARCH DICTIONARY t (TEMPLATE = simple)", "text search dictionary t"),
                arguments("CREATE TEXT SEARCH TEMPLATE t (LEXIZE = dsimple_lexize)", "text search template t"),
                arguments(
                        "CREATE TEXT SEARCH PARSER t (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,"
                                + " LEXTYPES = prsd_lextype)",
                        "text search parser t"),
                arguments(
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA tenant_a GRANT SELECT ON TABLES TO PUBLIC",
                        "default privileges of postgres on r"),
                arguments("CREATE EXTENSION tsm_system_rows SCHEMA tenant_a", "extension tsm_system_rows"),
                arguments(
                        "ALTER PUBLICATION snapshot_publication ADD TABLE plain",
                        "published table plain in snapshot_publication"));
    }

    @ParameterizedTest
    @MethodSource("rareObjects")
    void seesARareObjectAmongOrdinaryOnes(String sql, String label) throws SQLException {
        database.schema("bystander");
        database.schema("tenant_a", "CREATE TABLE plain (a integer, b integer); CREATE TYPE e AS ENUM ('x')");
        database.in(
                "tenant_a",
                "CREATE FUNCTION bystander.f(plain) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                "CREATE FUNCTION bystander.f(e) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                "CREATE FUNCTION f(bigint[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'");
        assertThat(database.catalog("tenant_a").entries()).doesNotContainKey(label);

        database.in("tenant_a", sql);

        assertThat(database.catalog("tenant_a").entries()).containsKey(label);
    }

    @Test
    void theSessionKeepsThePlanOfTheQueryUntilAScriptRemovesIt() throws SQLException {
        database.schema("tenant_a", TWO_TABLES);
        database.schema("tenant-b", TWO_TABLES);
        CatalogSnapshot expected = database.catalog("tenant_a");
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            assertThat(CatalogSnapshot.of(session, "tenant_a")).isEqualTo(expected);
            assertThat(CatalogSnapshot.of(session, "tenant-b")).isEqualTo(expected);
            assertThat(prepared(session))
                    .containsExactly(
                            CatalogSnapshot.PREPARED + "objects: 2 runs of a plan for any schema, 0 of others");

            session.setAutoCommit(false);
            statement.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; CREATE TABLE tenant_a.seen (id integer); END $$");
            assertThat(CatalogSnapshot.of(session, "tenant_a").entries()).containsKey("table seen");
            session.rollback();
            assertThat(CatalogSnapshot.of(session, "tenant_a")).isEqualTo(expected);
        }
    }

    @Test
    void aRoleNeedsNothingButUsageToSeeItAll() throws SQLException {
        database.schema("tenant_a", SnapshotDatabase.text("nasty.sql"));
        database.execute("GRANT USAGE ON SCHEMA tenant_a TO snapshot_writer");
        CatalogSnapshot expected = database.catalog("tenant_a");
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            statement.execute("SET ROLE snapshot_writer");
            assertThat(CatalogSnapshot.of(session, "tenant_a").differences(expected))
                    .isEmpty();

            database.execute("REVOKE USAGE ON SCHEMA tenant_a FROM snapshot_writer");
            // PostgreSQL leaves such a schema out of the search_path, and all names would be qualified.
            assertThatThrownBy(() -> CatalogSnapshot.of(session, "tenant_a"))
                    .hasMessageContaining("or this role lacks USAGE on it");
        }
    }

    @Test
    void aMissingTableIsOneLine() throws SQLException {
        database.schema(
                "tenant_a", TWO_TABLES, "COMMENT ON COLUMN users.email IS 'x'; GRANT SELECT ON users TO PUBLIC");
        database.schema("tenant-b", "CREATE TABLE tasks (id integer, owner integer)");

        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .extracting(CatalogSnapshotIT::text)
                .containsExactly("table users: here `USING heap`, there nothing");
        assertThat(database.catalog("tenant-b").differences(database.catalog("tenant_a")))
                .extracting(CatalogSnapshotIT::text)
                .containsExactly("table users: here nothing, there `USING heap`");
    }

    @Test
    void aChangedColumnIsShownAsItIsOnBothSides() throws SQLException {
        database.schema("tenant_a", "CREATE TABLE users (email text DEFAULT 'x')");
        database.schema("tenant-b", "CREATE TABLE users (email varchar(10) DEFAULT 'x')");

        assertThat(database.catalog("tenant_a").differences(database.catalog("tenant-b")))
                .extracting(CatalogSnapshotIT::text)
                .containsExactly("column users.email: here `text DEFAULT 'x'::text (position 1)`, "
                        + "there `character varying(10) DEFAULT 'x'::character varying (position 1)`");
    }

    private static String text(Difference difference) {
        return difference.text("here", "there");
    }

    private static List<String> prepared(Connection session) throws SQLException {
        return Sql.query(
                session,
                "SELECT name, generic_plans, custom_plans FROM pg_prepared_statements WHERE from_sql",
                row -> row.getString(1) + ": " + row.getInt(2) + " runs of a plan for any schema, " + row.getInt(3)
                        + " of others");
    }

    private static List<String> settings(Connection session) throws SQLException {
        List<String> settings = new ArrayList<>();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SHOW ALL")) {
            while (row.next()) {
                String setting = row.getString(1) + "=" + row.getString(2);
                if (!setting.toLowerCase(Locale.ROOT).startsWith("transaction")) {
                    settings.add(setting);
                }
            }
        }
        return settings;
    }
}
