package io.tenantry.worker.registry.overview;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that has, or may get, connections of the group.
 *
 * @param applicationName of its sessions at the servers
 * @param command whether it is a command that works beside the workers for a while
 * @param condition whether it lives
 * @param connections that it may have open, by server
 * @param heads the highest version of its migrations by database; null where none has a version; empty if it has not
 *     said which migrations it has
 */
public record GroupMember(
        String applicationName,
        boolean command,
        Condition condition,
        Map<String, Integer> connections,
        Map<String, @Nullable String> heads) {

    /** Whether it renews its lease. */
    public enum Condition {
        LIVE,
        /** Its lease ran out, by the registry's clock, and no other worker has seen that yet. */
        EXPIRED,
        /** Its lease ran out, and other workers end its sessions. */
        FENCED
    }
}
