package io.tenantry.worker.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two schemas with the same rows have one snapshot, and two that differ say where. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DataSnapshotIT {
    private static final String USERS = "CREATE TABLE users (id integer, email text);";

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
        database.drop("tenant_a");
        database.drop("tenant-b");
    }

    @Test
    void schemasOfTheSameScriptAreEqual() throws SQLException {
        database.schema("tenant_a", SnapshotDatabase.text("nasty.sql"));
        database.schema("tenant-b", SnapshotDatabase.text("nasty.sql"));

        DataSnapshot snapshot = database.data("tenant_a");
        assertThat(snapshot).isEqualTo(database.data("tenant-b"));
        assertThat(differences().isEmpty()).isTrue();
        assertThat(lines()).isEmpty();
        assertThat(differences().columns()).isEmpty();
        assertThat(snapshot.tables().keySet())
                .contains("members", "Odd \"Table\"", "events_2024", "events_rest_ok", "base", "derived", "moods")
                .doesNotContain("events", "events_rest", "remote", "unpopulated", "member_names");
        assertThat(snapshot.tables())
                .hasEntrySatisfying("members", table -> assertThat(table.rows()).isEqualTo(3))
                .hasEntrySatisfying(
                        "base",
                        table -> assertThat(table.rows())
                                .as("without its heir's")
                                .isZero());
        assertThat(snapshot.sequences())
                .containsEntry("members_id_seq", "14")
                .containsEntry("ticket", "110")
                .containsEntry("serial_table_small_seq", "1");
    }

    @Test
    void theOrderOfRowsDoesNotMatter() throws SQLException {
        both(USERS);
        database.in("tenant_a", "INSERT INTO users VALUES (1, 'a'), (2, 'b'), (2, 'b')");
        database.in("tenant-b", "INSERT INTO users VALUES (2, 'b'), (1, 'a'), (2, 'b'); UPDATE users SET id = id");

        assertThat(differences().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "integer | 1 | 2",
                "integer | NULL | 0",
                "text | '' | NULL",
                "text | 'a' | 'a '",
                "text | 'NULL' | NULL",
                "json | '{\"a\": 1}' | '{\"a\":1}'",
                "jsonb | '{\"a\": 1}' | '{\"a\": 2}'",
                "xml | '<a/>' | '<b/>'",
                "point | '(1, 2)' | '(1, 3)'",
                "box | '((1, 2), (3, 4))' | '((1, 2), (3, 5))'",
                "float8 | 0.1 | 0.1000000000000001",
                "bytea | '\\x00' | '\\x01'",
                "text[] | '{a,b}' | '{\"a,b\"}'",
                "text[] | '{NULL}' | '{\"NULL\"}'",
                "timestamptz | '2024-01-01 00:00:00.000001+00' | '2024-01-01 00:00:00+00'",
                "interval | '1 day' | '24 hours'",
                "numeric | 1.0 | 1.00",
                "char(3) | 'a' | 'b'",
                "boolean | true | false",
                "uuid | '00000000-0000-0000-0000-000000000000' | '00000000-0000-0000-0000-000000000001'",
                "int4range | '[1, 3)' | '[1, 4)'",
                "tsvector | 'a b' | 'a c'",
                "money | 1 | 2",
                "pair | '(a,)' | '(,a)'",
                "mood | 'ok' | 'sad'",
            })
    void anotherValueOfAnyTypeIsSeen(String type, String here, String there) throws SQLException {
        both(
                "CREATE TYPE pair AS (one text, two text); CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE t (same integer, x "
                        + type + ")");
        database.in("tenant_a", "INSERT INTO t VALUES (7, " + here + ")");
        database.in("tenant-b", "INSERT INTO t VALUES (7, " + there + ")");

        assertThat(differences().tables()).containsExactly("t");
        assertThat(differences().columns()).containsExactly(new TableColumn("t", "x"));
        assertThat(lines()).containsExactly("table t: other values in x");
    }

    @Test
    void aRowMoreIsCounted() throws SQLException {
        both(USERS + "INSERT INTO users VALUES (1, NULL)");
        database.in("tenant-b", "INSERT INTO users VALUES (0, NULL)");

        assertThat(lines()).containsExactly("table users: here 1 row, there 2 rows");
        assertThat(differences().isEmpty()).isFalse();
    }

    @Test
    void howOftenARowIsThereMatters() throws SQLException {
        both(USERS);
        database.in("tenant_a", "INSERT INTO users VALUES (1, 'x'), (1, 'x'), (2, 'x')");
        database.in("tenant-b", "INSERT INTO users VALUES (1, 'x'), (2, 'x'), (2, 'x')");

        assertThat(differences().columns()).containsExactly(new TableColumn("users", "id"));
        assertThat(differences().isEmpty()).isFalse();
    }

    @Test
    void valuesThatChangedRowsMatter() throws SQLException {
        both(USERS);
        database.in("tenant_a", "INSERT INTO users VALUES (1, 'a'), (2, 'b')");
        database.in("tenant-b", "INSERT INTO users VALUES (1, 'b'), (2, 'a')");

        assertThat(differences().columns()).isEmpty();
        assertThat(differences().tables()).containsExactly("users");
        assertThat(lines()).containsExactly("table users: the same values, but in other rows");
    }

    @Test
    void columnsThatDifferBetweenTwoRunsCanBeLeftOut() throws SQLException {
        both(
                "CREATE TABLE users (id integer, created timestamptz DEFAULT clock_timestamp(), token uuid DEFAULT gen_random_uuid());"
                        + "INSERT INTO users VALUES (1), (2)");
        Set<TableColumn> differing = Set.copyOf(differences().columns());
        assertThat(differing)
                .containsExactlyInAnyOrder(new TableColumn("users", "created"), new TableColumn("users", "token"));

        DataSnapshot here = DataSnapshot.of(database.connection(), "tenant_a", differing);
        assertThat(here.differences(DataSnapshot.of(database.connection(), "tenant-b", differing))
                        .isEmpty())
                .isTrue();

        database.in("tenant-b", "UPDATE users SET id = 3 WHERE id = 2");
        DataDifferences differences = here.differences(DataSnapshot.of(database.connection(), "tenant-b", differing));
        assertThat(differences.tables()).containsExactly("users");
        assertThat(differences.columns()).contains(new TableColumn("users", "id"));
    }

    @Test
    void tablesAndColumnsOfOneSideOnlyAreSeen() throws SQLException {
        both(USERS);
        database.in("tenant_a", "CREATE TABLE more (id integer)");
        database.in("tenant-b", "ALTER TABLE users ADD COLUMN name text; INSERT INTO users VALUES (1)");

        assertThat(differences().tables()).containsExactly("more", "users");
        assertThat(differences().columns()).contains(new TableColumn("more", "id"), new TableColumn("users", "name"));
        assertThat(lines()).contains("table more: here 0 rows, there nothing");
    }

    @Test
    void anEmptyTableAndOneOfNullsDiffer() throws SQLException {
        both("CREATE TABLE one (x text); CREATE TABLE none ()");
        database.in("tenant-b", "INSERT INTO one VALUES (NULL)");
        assertThat(differences().tables()).containsExactly("one");

        database.in("tenant-b", "DELETE FROM one; INSERT INTO none DEFAULT VALUES");
        assertThat(differences().tables()).containsExactly("none");
    }

    @Test
    void theRowsOfTheHistoryTableAreLeftOut() throws SQLException {
        both("CREATE TABLE flyway_schema_history (installed_rank integer)");
        database.in("tenant_a", "INSERT INTO flyway_schema_history VALUES (1)");

        assertThat(differences().isEmpty()).isTrue();
    }

    @Test
    void theStateOfSequencesIsCompared() throws SQLException {
        both("CREATE SEQUENCE s; SELECT nextval('s')");
        assertThat(differences().isEmpty()).isTrue();

        database.in("tenant-b", "SELECT nextval('s')");
        assertThat(differences().sequences()).containsExactly("s");
        assertThat(lines()).containsExactly("sequence s: here 1, there 2");
        assertThat(differences().isEmpty()).isFalse();

        database.in("tenant-b", "SELECT setval('s', 1, false)");
        assertThat(lines()).containsExactly("sequence s: here 1, there 1 (next)");
    }

    @Test
    void valuesThatNameTheSchemasOwnObjectsAreEqual() throws SQLException {
        both(USERS + "CREATE TABLE names (x regclass, y regtype); INSERT INTO names VALUES ('users', 'users')");

        assertThat(differences().isEmpty()).isTrue();
    }

    @Test
    void objectsNamedLikeThoseOfTheServerDoNotMislead() throws SQLException {
        both("""
                CREATE TYPE text AS ENUM ('no');
                CREATE FUNCTION hashtextextended(pg_catalog.text, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
                CREATE FUNCTION zero(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
                CREATE AGGREGATE sum(bigint) (sfunc = zero, stype = bigint);
                CREATE SEQUENCE s;
                CREATE TABLE t (id integer);
                """);
        database.in("tenant_a", "INSERT INTO t VALUES (1)");
        database.in("tenant-b", "INSERT INTO t VALUES (2)");

        assertThat(differences().columns()).containsExactly(new TableColumn("t", "id"));
    }

    @Test
    void theSettingsOfTheSessionDoNotMatterAndStay() throws SQLException {
        database.schema(
                "tenant_a",
                "CREATE TABLE t (a timestamptz, b interval, c float8, d bytea, e money, f date);"
                        + "INSERT INTO t VALUES ('2024-01-01 00:00:00+00', '-1 day 2 hours', 0.1 + 0.2, '\\x00ff', 1.5, '2024-02-03')");
        DataSnapshot expected = database.data("tenant_a");
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            String others =
                    "SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = 'sql_standard'; SET DateStyle = 'ISO, DMY';"
                            + " SET extra_float_digits = -15; SET bytea_output = 'escape'; SET search_path = tenant_a";
            statement.execute(others);
            assertThat(DataSnapshot.of(session, "tenant_a")).isEqualTo(expected);

            session.setAutoCommit(false);
            statement.execute("SET LOCAL TimeZone = 'Asia/Kolkata'");
            assertThat(DataSnapshot.of(session, "tenant_a")).isEqualTo(expected);
            assertThat(show(statement, "TimeZone")).isEqualTo("Asia/Kolkata");
            assertThat(show(statement, "row_security")).isEqualTo("on");

            session.rollback();
            assertThat(show(statement, "TimeZone")).isEqualTo("Asia/Tokyo");
            assertThat(show(statement, "extra_float_digits")).isEqualTo("-15");
            assertThat(show(statement, "search_path")).isEqualTo("tenant_a");
        }
    }

    @Test
    void aRoleThatPoliciesApplyToIsRefused() throws SQLException {
        database.schema(
                "tenant_a",
                USERS + "ALTER TABLE users ENABLE ROW LEVEL SECURITY; GRANT SELECT ON users TO snapshot_reader;"
                        + " GRANT USAGE ON SCHEMA tenant_a TO snapshot_reader");
        try (Connection session = database.connect();
                Statement statement = session.createStatement()) {
            statement.execute("SET ROLE snapshot_reader");

            assertThatThrownBy(() -> DataSnapshot.of(session, "tenant_a"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("row-level security policy for table \"users\"")
                    .extracting(failure -> ((SQLException) failure).getSQLState())
                    .isEqualTo("42501");
        }
    }

    @Test
    void hundredsOfTablesAreReadInSeveralQueries() throws SQLException {
        both(IntStream.range(0, 250)
                .mapToObj(i -> "CREATE TABLE t" + i + " (id integer); INSERT INTO t" + i + " VALUES (" + i + ");")
                .collect(Collectors.joining()));
        database.in("tenant-b", "UPDATE t249 SET id = 0");

        assertThat(database.data("tenant_a").tables()).hasSize(250);
        assertThat(differences().tables()).containsExactly("t249");
    }

    @Test
    void aSchemaThatDoesNotExistHasNoSnapshotAndAnEmptyOneHas() throws SQLException {
        assertThatThrownBy(() -> database.data("nowhere"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("schema nowhere does not exist");

        database.schema("tenant_a");
        assertThat(database.data("tenant_a").tables()).isEmpty();
    }

    private void both(String script) throws SQLException {
        for (String schema : List.of("tenant_a", "tenant-b")) {
            database.schema(schema, script);
        }
    }

    private List<String> lines() throws SQLException {
        return differences().all().stream()
                .map(difference -> difference.text("here", "there"))
                .toList();
    }

    private DataDifferences differences() throws SQLException {
        return database.data("tenant_a").differences(database.data("tenant-b"));
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (var row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }
}
