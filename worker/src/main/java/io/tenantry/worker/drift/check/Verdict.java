package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.DriftDifference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a look at a home showed. */
public sealed interface Verdict {
    /** Whether the home may be looked at again soon: somebody works on it, or its server is away. */
    default boolean hasSeenNothing() {
        return this instanceof Busy || (this instanceof Unreadable unreadable && unreadable.serverAway());
    }

    /**
     * The home is what its migrations make.
     *
     * @param version null if no migration was applied
     * @param pathKey of what the home has had applied
     */
    record Clean(@Nullable String version, String pathKey) implements Verdict {}

    /**
     * The home is something else.
     *
     * @param version null if no migration was applied
     * @param pathKey of what the home has had applied
     * @param differences all of them; at least one
     */
    record Drifted(@Nullable String version, String pathKey, List<DriftDifference> differences) implements Verdict {
        public Drifted {
            differences = List.copyOf(differences);
        }
    }

    /**
     * Somebody works on the home, or holds a lock that the look would have to wait for: look again later.
     *
     * @param obstacle for people: who or what is in the way; null if the home is being migrated
     */
    record Busy(@Nullable String obstacle) implements Verdict {
        /** The home is being migrated. */
        static final Busy MIGRATED = new Busy(null);
    }

    /**
     * The home cannot be read.
     *
     * @param reason for people: what, and what to do
     * @param serverAway whether no other home of the server can be read either
     */
    record Unreadable(String reason, boolean serverAway) implements Verdict {}

    /**
     * The home can be read, and nothing is known that it could be compared with.
     *
     * @param reason for people: what, and what to do
     */
    record NoReference(String reason) implements Verdict {}
}
