package io.tenantry.worker.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of object, changed in one detail, changes the snapshot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogChangesIT {
    private static final String SCHEMA = "tenant_a";
    /** As a server's directory, so that no folder is needed. */
    private static final String TABLESPACE = """
            SET allow_in_place_tablespaces = on;
            CREATE TABLESPACE snapshot_tablespace LOCATION '';
            """;

    /** A database has an extension once, so it is not in the script that several schemas are made of. */
    private static final String EXTENSION = "CREATE EXTENSION tsm_system_rows SCHEMA \"${schema}\"";

    private SnapshotDatabase database;
    private CatalogSnapshot before;

    static Stream<Change> changes() {
        return Change.allIn(SnapshotDatabase.text("changes.sql")).stream();
    }

    static Stream<Change> changesThatCanBeUndone() {
        return changes().filter(change -> change.undo().isPresent());
    }

    @BeforeAll
    void createTheSchema() throws SQLException {
        database = SnapshotDatabase.create();
        for (String statement : TABLESPACE.split(";\n", -1)) {
            database.execute(statement);
        }
        database.schema(SCHEMA, SnapshotDatabase.text("nasty.sql"), EXTENSION);
        before = database.catalog(SCHEMA);
    }

    @AfterAll
    void drop() throws SQLException {
        database.drop(SCHEMA);
        database.execute("DROP TABLESPACE snapshot_tablespace");
        database.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        database.connection().setAutoCommit(false);
    }

    @AfterEach
    void rollBack() throws SQLException {
        database.connection().rollback();
        database.connection().setAutoCommit(true);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void seesAChangeOfOneDetail(Change change) throws SQLException {
        assumeTrue(database.majorVersion() >= change.since());

        database.in(SCHEMA, change.sql());

        CatalogSnapshot after = database.catalog(SCHEMA);
        assertThat(after).isNotEqualTo(before);
        assertThat(after.fingerprint()).isNotEqualTo(before.fingerprint());
        List<Difference> differences = before.differences(after);
        assertThat(differences)
                .as("what it names")
                .anyMatch(difference -> difference.object().equals(change.label()));
    }

    @ParameterizedTest
    @MethodSource("changesThatCanBeUndone")
    void isTheSameAgainWhenTheChangeIsUndone(Change change) throws SQLException {
        assumeTrue(database.majorVersion() >= change.since());

        database.in(SCHEMA, change.sql(), change.undo().orElseThrow());

        CatalogSnapshot after = database.catalog(SCHEMA);
        assertThat(before.differences(after)).isEmpty();
        assertThat(after).isEqualTo(before);
    }
}
