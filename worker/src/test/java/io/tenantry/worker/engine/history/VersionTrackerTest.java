package io.tenantry.worker.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;

class VersionTrackerTest {
    private final VersionTracker tracker = new VersionTracker();

    @Test
    void whatANewHomeHasWhenItIsFirstReadCameFromItsTemplate() {
        tracker.isNothing();
        tracker.first(history(3));
        tracker.first(history(4));

        assertThat(tracker.takeApplied()).isEqualTo(Map.of(AppliedBy.TEMPLATE, 3));
    }

    @Test
    void whatAHomeHadBeforeWasNotApplied() {
        tracker.first(history(3));
        tracker.first(history(4));

        assertThat(tracker.takeApplied()).isEmpty();
    }

    @Test
    void aNumberIsTakenOnce() {
        tracker.applied(AppliedBy.PLAN, 1);
        tracker.applied(AppliedBy.PLAN, 1);
        tracker.applied(AppliedBy.FLYWAY, 3);

        assertThat(tracker.takeApplied()).isEqualTo(Map.of(AppliedBy.PLAN, 2, AppliedBy.FLYWAY, 3));
        assertThat(tracker.takeApplied()).isEmpty();
    }

    private static History history(int scripts) {
        List<HistoryRow> rows = new ArrayList<>();
        for (int rank = 1; rank <= scripts; rank++) {
            rows.add(new HistoryRow(
                    rank, MigrationVersion.fromVersion(Integer.toString(rank)), "table", "SQL", "V" + rank, 1, true));
        }
        return new History(rows);
    }
}
