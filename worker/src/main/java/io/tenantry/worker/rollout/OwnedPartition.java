package io.tenantry.worker.rollout;

import java.util.OptionalLong;

/**
 * A partition of {@code rollout.requested} that this worker owns now. If it goes away and comes back it is another object, so
 * whatever was begun for the old one is dropped. Guarded by the driver's lock.
 */
final class OwnedPartition {
    private final int number;
    private final OptionalLong published;
    /** The position of the last event that was handed to the poll thread; -1 until the registry was asked. */
    private long handed = -1;

    /** @param published the position in the committed offset's metadata; empty if it has none */
    OwnedPartition(int number, OptionalLong published) {
        this.number = number;
        this.published = published;
    }

    int number() {
        return number;
    }

    OptionalLong published() {
        return published;
    }

    boolean isBegun() {
        return handed >= 0;
    }

    long handed() {
        return handed;
    }

    void handedUpTo(long position) {
        handed = position;
    }
}
