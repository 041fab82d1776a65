package io.tenantry.worker.cli.drift;

import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.operator.drift.HomeFinding;
import io.tenantry.worker.registry.overview.HomePlace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines of {@code drift --json}. */
final class DriftJson {
    /** A line holds more than people are shown, since a program reads it. */
    private static final int MOST_DIFFERENCES = 500;

    private DriftJson() {}

    /**
     * A drifted home.
     *
     * @param more how many differences are left out
     * @param hints what may be the cause
     */
    record Drifted(
            @Nullable String tenant,
            String database,
            String server,
            String location,
            @Nullable String version,
            List<DriftDifference> differences,
            int more,
            List<String> hints) {}

    /** A home that could not be compared. */
    record Unreadable(@Nullable String tenant, String database, String unreadable) {}

    /**
     * A home that is being migrated, so it was not compared.
     *
     * @param migrating always true; no other line has it
     */
    record Migrating(@Nullable String tenant, String database, boolean migrating) {}

    /**
     * The last line.
     *
     * @param homes from which those that were checked were chosen
     */
    record Counts(int checked, int clean, int drifted, int unreadable, int busy, long homes) {}

    static Drifted of(HomeFinding finding, Verdict.Drifted verdict) {
        HomePlace home = finding.home();
        List<DriftDifference> differences = verdict.differences();
        int shown = Math.min(differences.size(), MOST_DIFFERENCES);
        return new Drifted(
                home.tenant(),
                home.database(),
                home.server(),
                home.location(),
                verdict.version(),
                differences.subList(0, shown),
                differences.size() - shown,
                finding.hints());
    }
}
