package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;

/** How outcomes reach the ledger and Kafka, and how the ledger is pruned. Safe for use by any thread. */
public final class SettlingMeters {
    private final LongSupplier nanoTime;
    private final Timer settling;
    private final Timer publish;
    private final DistributionSummary publishRecords;
    private final Timer settle;
    private final DistributionSummary settleRecords;
    private final MeterProvider<Counter> deadLetters;
    private final Counter ledgerPruned;
    private volatile long prunedNanos;

    SettlingMeters(MeterRegistry registry, Gauges gauges, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.prunedNanos = nanoTime.getAsLong();
        this.settling = Buckets.ofWork(
                        "tenantry.settling", "The time from the outcome of a request until its result is published")
                .register(registry);
        this.publish = Buckets.ofWork("tenantry.publish", "Kafka transactions with results and offsets")
                .register(registry);
        this.publishRecords = size(
                registry,
                "tenantry.publish.records",
                "Results, dead letters and records of rollouts in a Kafka transaction");
        this.settle = Buckets.ofWork("tenantry.settle", "SQL transactions with ledger and registry")
                .register(registry);
        this.settleRecords = size(registry, "tenantry.settle.records", "Outcomes in an SQL transaction");
        this.deadLetters = Counter.builder("tenantry.dead.letters")
                .description("Records that went to a dead-letter topic")
                .withRegistry(registry);
        this.ledgerPruned = Counter.builder("tenantry.ledger.pruned")
                .description("Rows of the ledger that were deleted, being older than registry.ledger-retention")
                .register(registry);
        gauges.seconds(
                "tenantry.ledger.pruning.age",
                "Time since the ledger was last pruned with success, or since the start of the worker",
                () -> (nanoTime.getAsLong() - prunedNanos) / 1e9);
    }

    /** Makes the counters of these codes 0, and not missing. */
    public void deadLetterCodes(Collection<String> codes) {
        codes.forEach(code -> deadLetters.withTags("error", code).increment(0));
    }

    /** A result was published this long after the outcome of its request. */
    public void resultPublished(Duration sinceOutcome) {
        settling.record(sinceOutcome);
    }

    /** A record went to a dead-letter topic, with this code. */
    public void deadLetter(String errorCode) {
        deadLetters.withTags("error", errorCode).increment();
    }

    /** A Kafka transaction with so many records was committed. */
    public void published(int records, Duration duration) {
        publishRecords.record(records);
        publish.record(duration);
    }

    /** An SQL transaction with so many outcomes was committed. */
    public void settled(int batch, Duration duration) {
        settleRecords.record(batch);
        settle.record(duration);
    }

    /** This many rows of the ledger were deleted because of their age. */
    public void ledgerPruned(int rows) {
        ledgerPruned.increment(rows);
    }

    /** No row that is old enough is left in the ledger. */
    public void pruningEnded() {
        prunedNanos = nanoTime.getAsLong();
    }

    private static DistributionSummary size(MeterRegistry registry, String name, String description) {
        return DistributionSummary.builder(name).description(description).register(registry);
    }
}
