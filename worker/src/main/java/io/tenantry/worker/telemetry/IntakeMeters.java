package io.tenantry.worker.telemetry;

import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The requests and partitions that a worker has. Gauges, asked at every scrape by the scraping thread. */
public final class IntakeMeters {
    private static final String OPEN = "tenantry.open.requests";

    private final Gauges gauges;

    IntakeMeters(Gauges gauges) {
        this.gauges = gauges;
    }

    /** Requests that were started and have no outcome yet. */
    public void inFlight(IntSupplier requestsInFlight) {
        gauges.count("tenantry.in.flight", "Requests that were started and have no outcome yet", requestsInFlight);
    }

    /** Requests that were read, and are read again when there is room for them. */
    public void parked(IntSupplier requests) {
        gauges.count(
                "tenantry.parked", "Requests that were read, and are read again when there is room for them", requests);
    }

    /** Partitions that cannot be read, for example because of a corrupt batch. */
    public void unreadablePartitions(IntSupplier partitions) {
        gauges.count("tenantry.unreadable.partitions", "Partitions whose next record cannot be read", partitions);
    }

    /** Partitions whose committed offset cannot be read: a transaction with it is open, or hangs. */
    public void unknownOffsets(IntSupplier partitions) {
        gauges.count(
                "tenantry.unknown.offset.partitions", "Partitions whose committed offset cannot be read", partitions);
    }

    /** Partitions that are not read further for now. */
    public void pausedPartitions(IntSupplier partitions) {
        gauges.count("tenantry.paused.partitions", "Partitions that are not read further for now", partitions);
    }

    /** Requests of a partition that were received and are not settled. The series stays until {@link #gone}. */
    public void openRequests(String topic, int partition, IntSupplier requests) {
        gauges.count(
                OPEN,
                "Requests that were received and are not settled",
                requests,
                "topic",
                topic,
                "partition",
                Integer.toString(partition));
    }

    /** The worker does not have this partition any more. */
    public void gone(String topic, int partition) {
        gauges.remove(OPEN, "topic", topic, "partition", Integer.toString(partition));
    }

    /** How long ago the oldest request was received that is not settled; zero if there is none. */
    public void oldestRequest(Supplier<Duration> age) {
        gauges.seconds(
                "tenantry.oldest.request.age",
                "Time since the receipt of the oldest request that is not settled, 0 if there is none",
                () -> age.get().toNanos() / 1e9);
    }
}
