package io.tenantry.worker.registry.rollout;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a request of a rollout has done in a worker for 10 s or longer: run, or wait.
 *
 * @param worker the application name of the worker's sessions
 * @param key the tenant, or the shared database
 * @param server that it runs on or waits for; null if it has not come to a server
 * @param running whether it runs on its home; otherwise it waits
 * @param age for how long it has done that
 * @param reason the tag of what it waits for, as in the metrics of lanes, or {@code queued}: for an earlier request of its
 *     key, or for a thread; null if it runs
 * @param detail what exactly it waits for; or the script that it runs, or the beginning of its statement without literals;
 *     null if that is not known
 * @param blockers the sessions that its statement waits for; empty if there are none, or the server could not be asked
 */
public record RolloutWait(
        String rollout,
        boolean shared,
        String key,
        String worker,
        @Nullable String server,
        boolean running,
        Duration age,
        @Nullable String reason,
        @Nullable String detail,
        List<Blocker> blockers) {
    public RolloutWait {
        blockers = List.copyOf(blockers);
    }

    /**
     * The same with what the server reports about its session.
     *
     * @param statement the detail if there is none yet; null if it runs none
     */
    public RolloutWait with(@Nullable String statement, List<Blocker> waitsFor) {
        @Nullable String known = detail == null ? statement : detail;
        return new RolloutWait(rollout, shared, key, worker, server, running, age, reason, known, waitsFor);
    }

    /** For people: one line. */
    public String text() {
        StringBuilder text = new StringBuilder(key)
                .append(running ? " runs for " : " waits for ")
                .append(age.toSeconds())
                .append(" s");
        if (reason != null) {
            text.append(" (").append(reason).append(')');
        }
        if (server != null) {
            text.append(" on server ").append(server);
        }
        if (detail != null && !detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        if (!blockers.isEmpty()) {
            text.append("; blocked by ")
                    .append(blockers.stream().map(Blocker::text).collect(Collectors.joining(", and by ")));
        }
        return text.toString();
    }
}
