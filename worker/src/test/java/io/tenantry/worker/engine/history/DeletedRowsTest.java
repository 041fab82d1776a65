package io.tenantry.worker.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.List;
import java.util.Optional;
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

    /** Its script is gone, and nobody is to put it back. */
    @Test
    void aBaselineScriptThatIsDeletedIsNotBlamed() {
        History history = new History(List.of(row(1, "5", "SQL_BASELINE"), row(2, "6", "SQL"), row(3, "5", "DELETE")));

        assertThat(mismatch(history, migration("6", 1))).isEmpty();
        assertThat(mismatch(history, migration("6", 2)))
                .hasValueSatisfying(
                        error -> assertThat(error.message()).startsWith("V6__what.sql (version 6) was changed"));
    }

    @Test
    void aSecondDeleteIsBlamedAndNotTheScript() {
        History history = new History(
                List.of(row(1, "2", "SQL"), row(2, "3", "SQL"), row(3, "3", "DELETE"), row(4, "3", "DELETE")));

        assertThat(mismatch(history, migration("2", 1), migration("3", 1)))
                .hasValueSatisfying(error -> assertThat(error.message())
                        .contains("says twice that the script of version 3 is gone")
                        .contains("installed_rank 4")
                        .doesNotContain("put the script back"));
    }

    private static Optional<ResultError> mismatch(History history, Migration... migrations) {
        return HistoryMismatch.of(
                List.of(migrations), TenantHome.inSchema("acme", "users", "main", "tenant_acme"), history);
    }

    private static Migration migration(String version, int checksum) {
        return new Migration(
                MigrationVersion.fromVersion(version), "what", "SQL", "V" + version + "__what.sql", checksum);
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
