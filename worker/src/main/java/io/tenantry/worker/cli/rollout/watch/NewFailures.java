package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.FailedMember;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which failures were not there at the last look. For one thread. */
final class NewFailures {
    private final Set<String> seen = new HashSet<>();
    private final int most;
    private int requests = -1;

    /** @param most how many of one look are named */
    NewFailures(int most) {
        this.most = most;
    }

    /**
     * What is new.
     *
     * @param newest in the order in which they failed
     * @param others how many more there are
     */
    record Found(List<FailedMember> newest, int others) {}

    /** With the first look, all that is failed is new. */
    Found take(RolloutLook look) {
        int total = look.view().failedRequests();
        int more = requests < 0
                ? look.failedNow().values().stream().mapToInt(Integer::intValue).sum()
                : Math.max(0, total - requests);
        requests = total;
        List<FailedMember> newest = new ArrayList<>();
        for (FailedMember failed : look.failed()) {
            if (seen.add(failed.requestId()) && newest.size() < most) {
                newest.add(failed);
            }
        }
        Collections.reverse(newest);
        return new Found(newest, Math.max(0, more - newest.size()));
    }
}
