package io.tenantry.worker.registry.rollout;

import org.jspecify.annotations.Nullable;

/**
 * A session of PostgreSQL that the session of a request waits for.
 *
 * @param pid 0 for a prepared transaction
 * @param application its {@code application_name}; null if it is not known
 * @param user its role; null if it is not known
 * @param state as in {@code pg_stat_activity}; null if it is not known
 * @param seconds since when it is in this state; 0 if that is not known
 * @param query the beginning of its last query, without literals; null if it is not known
 */
public record Blocker(
        int pid,
        @Nullable String application,
        @Nullable String user,
        @Nullable String state,
        long seconds,
        @Nullable String query) {
    /** For people: one line. */
    public String text() {
        if (pid == 0) {
            return "a prepared transaction";
        }
        StringBuilder text = new StringBuilder("pid ").append(pid);
        if (application != null && !application.isEmpty()) {
            text.append(" (").append(application).append(')');
        }
        if (user != null) {
            text.append(" of ").append(user);
        }
        if (state != null) {
            text.append(", ").append(state).append(" for ").append(seconds).append(" s");
        }
        return query == null || query.isEmpty() ? text.toString() : text + ": " + query;
    }
}
