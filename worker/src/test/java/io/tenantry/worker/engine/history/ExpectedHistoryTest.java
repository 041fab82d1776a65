package io.tenantry.worker.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;

class ExpectedHistoryTest {
    private static final List<Migration> MIGRATIONS =
            Stream.of("1", "2", "2.1", "10").map(ExpectedHistoryTest::sql).toList();
    private final ExpectedHistory expected = ExpectedHistory.of(MIGRATIONS).orElseThrow();

    @Test
    void hasARowForEachMigrationUpToTheVersion() {
        assertThat(expected.at(version("2.1")).digest())
                .isEqualTo("1|1|of 1|SQL|7|t\n2|2|of 2|SQL|7|t\n3|2.1|of 2.1|SQL|7|t");
        assertThat(expected.at(version("2.1")).rows())
                .hasSize(3)
                .isEqualTo(List.of(
                        HistoryRow.of(1, MIGRATIONS.get(0)),
                        HistoryRow.of(2, MIGRATIONS.get(1)),
                        HistoryRow.of(3, MIGRATIONS.get(2))));
        assertThat(expected.at(version("0.9")).rows()).isEmpty();
        assertThat(expected.at(version("99")).rows()).hasSize(4);
    }

    /** As one that only an older release has. */
    @Test
    void isDefinedForAVersionWithoutAMigration() {
        assertThat(expected.at(version("3"))).isSameAs(expected.at(version("2.1")));
        assertThat(expected.pending(version("3"), null)).containsExactly(MIGRATIONS.get(3));
    }

    @Test
    void whatIsPendingLiesBetweenTheVersionAndTheTarget() {
        assertThat(expected.pending(version("1"), null)).isEqualTo(MIGRATIONS.subList(1, 4));
        assertThat(expected.pending(version("1"), version("2.1"))).isEqualTo(MIGRATIONS.subList(1, 3));
        assertThat(expected.pending(version("2.1"), version("2.1"))).isEmpty();
        assertThat(expected.pending(version("10"), version("2"))).isEmpty();
        assertThat(expected.pending(version("11"), null)).isEmpty();
    }

    @Test
    void growsByOneRow() {
        History before = expected.at(version("2"));

        assertThat(before.with(MIGRATIONS.get(2)).rows())
                .isEqualTo(expected.at(version("2.1")).rows());
        assertThat(before.rows()).hasSize(2);
        assertThat(before.nextRank()).isEqualTo(3);
        assertThat(new History(List.of()).nextRank()).isEqualTo(1);
        assertThat(new History(List.of()).digest()).isEmpty();
    }

    @Test
    void isNotDefinedByRepeatableScriptsAndBaselines() {
        Migration repeatable = new Migration(null, "views", "SQL", "R__views.sql", 7);
        Migration baseline = new Migration(version("2"), "base", "SQL_BASELINE", "B2__base.sql", 7);

        assertThat(ExpectedHistory.of(List.of(sql("1"), repeatable))).isEmpty();
        assertThat(ExpectedHistory.of(List.of(sql("1"), baseline))).isEmpty();
        assertThat(ExpectedHistory.of(List.of())).isPresent();
    }

    private static Migration sql(String version) {
        return new Migration(version(version), "of " + version, "SQL", "V" + version + "__of.sql", 7);
    }

    private static MigrationVersion version(String version) {
        return MigrationVersion.fromVersion(version);
    }
}
