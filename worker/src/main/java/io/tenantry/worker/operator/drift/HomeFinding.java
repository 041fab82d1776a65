package io.tenantry.worker.operator.drift;

import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.registry.overview.HomePlace;
import java.util.List;

/**
 * What was seen of one home.
 *
 * @param hints what may be the cause if it has drifted, in clauses for people
 */
public record HomeFinding(HomePlace home, Verdict verdict, List<String> hints) {
    public HomeFinding {
        hints = List.copyOf(hints);
    }
}
