package io.tenantry.worker.rollout;

import io.tenantry.contracts.EncodedEvent;

/** What a rollout publishes. */
public sealed interface Outgoing {
    /** The partition of {@code rollout.requested} whose owner publishes it. */
    int partition();

    /** The event; its type decides the topic. */
    EncodedEvent event();

    /**
     * An event of {@code rollout.results}, to be published once.
     *
     * @param position grows within the partition; the transaction that publishes the event commits it in the metadata of the
     *     partition's offset
     */
    record StateChange(int partition, long position, EncodedEvent event) implements Outgoing {}

    /** A {@code migration.requested}. Publishing it twice is harmless: the ledger answers the repeat. */
    record Attempt(int partition, EncodedEvent event) implements Outgoing {}
}
