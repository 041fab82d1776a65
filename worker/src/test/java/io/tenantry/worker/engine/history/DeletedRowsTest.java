package io.tenantry.worker.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;

/** The cases that Flyway's own repair does not make in {@link BaselineRowIT}. */
class DeletedRowsTest {
    @Test
    void aScriptThatIsDeletedCountsNoMore() {
        History history = new History(List.of(row(1, "1", "SQL"), row(2, "2", "SQL"), row(3, "2", "DELETE")));

        assertThat(history.counting()).extracting(HistoryRow::rank).containsExactly(1);
        assertThat(history.current()).contains(MigrationVersion.fromVersion("1"));
    }

    /** The versions below it are applied still, and Flyway knows that from its row. */
    @Test
    void aBaselineScriptThatIsDeletedIsLeftToFlyway() {
        History history = new History(List.of(row(1, "5", "SQL_BASELINE"), row(2, "6", "SQL"), row(3, "5", "DELETE")));

        assertThat(history.counting()).extracting(HistoryRow::rank).containsExactly(1, 2, 3);
        assertThat(history.current()).contains(MigrationVersion.fromVersion("6"));
    }

    @Test
    void aSecondDeleteStaysAndIsNoVersion() {
        History history = new History(
                List.of(row(1, "2", "SQL"), row(2, "3", "SQL"), row(3, "3", "DELETE"), row(4, "3", "DELETE")));

        assertThat(history.counting()).extracting(HistoryRow::rank).containsExactly(1, 4);
        assertThat(history.current()).contains(MigrationVersion.fromVersion("2"));
    }

    private static HistoryRow row(int rank, String version, String type) {
        return new HistoryRow(
                rank,
                MigrationVersion.fromVersion(version),
                "what",
                type,
                "V" + version + "__what.sql",
                type.equals("DELETE") ? null : 1,
                true);
    }
}
