package io.tenantry.worker.cli.rollout.text;

import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.InFlightMember;
import io.tenantry.worker.registry.rollout.RolloutWait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tenants that hold a rollout up. */
public final class LongRunning {
    /** After which one in flight is named although no worker says what it does. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    private LongRunning() {}

    private record Member(boolean shared, String key) {}

    /**
     * A line for each, the longest first: what its worker reports and which sessions block it, or for how long it has
     * had no result.
     */
    public static List<String> lines(RolloutLook look, int limit) {
        List<String> lines = new ArrayList<>();
        Set<Member> named = new HashSet<>();
        for (RolloutWait wait : look.waits()) {
            if (named.add(new Member(wait.shared(), wait.key()))) {
                lines.add((wait.shared() ? "database " : "") + wait.text());
            }
        }
        for (InFlightMember member : silent(look)) {
            if (named.add(new Member(member.shared(), member.key()))) {
                lines.add((member.shared() ? "database " : "") + member.key() + ": no result for "
                        + Figures.duration(member.sent()));
            }
        }
        return lines.stream().limit(limit).toList();
    }

    /** Those without a result for long. */
    public static List<InFlightMember> silent(RolloutLook look) {
        return look.inFlight().stream()
                .filter(member -> member.sent().compareTo(SILENT) >= 0)
                .toList();
    }
}
