package io.tenantry.worker.cli.drift;

import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.operator.drift.HomeFinding;
import io.tenantry.worker.registry.overview.HomePlace;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Drifted homes, with those together that have drifted in the same way: what somebody did to many homes is said once. */
final class DriftedGroups {
    private static final int MOST = 100;

    private final Map<Way, Group> groups = new LinkedHashMap<>();
    private int others;

    private record Way(String database, @Nullable String version, List<DriftDifference> differences) {}

    /**
     * Homes with the same differences.
     *
     * @param first of them
     * @param hints at the cause
     */
    record Group(HomePlace first, int homes, Verdict.Drifted drifted, List<String> hints) {
        private Group withOneMore() {
            return new Group(first, homes + 1, drifted, hints);
        }
    }

    void add(HomeFinding finding, Verdict.Drifted drifted) {
        HomePlace home = finding.home();
        Way way = new Way(home.database(), drifted.version(), drifted.differences());
        Group known = groups.get(way);
        if (known != null) {
            groups.put(way, known.withOneMore());
        } else if (groups.size() < MOST) {
            groups.put(way, new Group(home, 1, drifted, finding.hints()));
        } else {
            others++;
        }
    }

    /** In the order of their first homes; so many at most. */
    Collection<Group> shown() {
        return groups.values();
    }

    /** The number of homes in no group, since there are too many groups. */
    int others() {
        return others;
    }
}
