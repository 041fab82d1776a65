package io.tenantry.worker.config;

/** How the consumer group assigns its partitions: Kafka's {@code group.protocol}. */
public enum GroupProtocol {
    /** The protocol of clients and brokers of every age. */
    CLASSIC,
    /** The broker assigns (KIP-848). */
    CONSUMER
}
