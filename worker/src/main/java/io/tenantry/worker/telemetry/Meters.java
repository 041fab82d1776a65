package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place that names meters. No meter has a tenant in a tag: a fleet has too many, and their names are private.
 * Safe for use by any thread.
 */
public final class Meters {
    private final MeterRegistry registry;
    private final MeterProvider<Timer> requests;
    private final MeterProvider<Timer> homes;
    private final Counter duplicates;
    private final MeterProvider<Counter> deadLetters;
    private final MeterProvider<Counter> retries;
    private final MeterProvider<Counter> waits;
    private final Counter ledgerPruned;
    private final Timer publish;
    private final DistributionSummary publishRecords;
    private final Timer settle;
    private final DistributionSummary settleRecords;

    /** Registers at once the meters without tags, so that a counter is 0 and not missing. */
    public Meters(MeterRegistry registry) {
        this.registry = registry;
        this.requests = Timer.builder("tenantry.requests")
                .description("Requests that were answered, and the time from their receipt to their result")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(5))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .withRegistry(registry);
        this.homes = Timer.builder("tenantry.homes")
                .description("Tenants' schemas and databases that were worked on, and the time that took")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(10))
                .withRegistry(registry);
        this.duplicates = Counter.builder("tenantry.duplicates")
                .description("Requests that repeat an earlier one, settled with its result")
                .register(registry);
        this.deadLetters = Counter.builder("tenantry.dead.letters")
                .description("Records that were not understood and went to a dead-letter topic")
                .withRegistry(registry);
        this.retries = Counter.builder("tenantry.retries")
                .description("Attempts that failed and will be repeated")
                .withRegistry(registry);
        this.waits = Counter.builder("tenantry.waits")
                .description("Waits of requests that have begun, by what is waited for")
                .withRegistry(registry);
        this.ledgerPruned = Counter.builder("tenantry.ledger.pruned")
                .description("Rows of the ledger that were deleted, being older than registry.ledger-retention")
                .register(registry);
        this.publish = batchTimer("tenantry.publish", "Kafka transactions with results and offsets");
        this.publishRecords = batchSize("tenantry.publish.records", "Results and dead letters in a Kafka transaction");
        this.settle = batchTimer("tenantry.settle", "SQL transactions with ledger and registry");
        this.settleRecords = batchSize("tenantry.settle.records", "Outcomes in an SQL transaction");
    }

    /**
     * A request has its result.
     *
     * @param type {@code created} or {@code migration}
     * @param outcome as in the result
     * @param errorCode null: none
     * @param sinceReceived from its receipt to its result, waiting and retries included
     */
    public void requestFinished(String type, String outcome, @Nullable String errorCode, Duration sinceReceived) {
        requests.withTags("type", type, "outcome", outcome, "error", errorCode == null ? "none" : errorCode)
                .record(sinceReceived);
    }

    /** One home of a tenant, in the named {@code database}, was worked on for so long. */
    public void homeFinished(String database, String outcome, Duration duration) {
        homes.withTags("database", database, "outcome", outcome).record(duration);
    }

    /** A request repeated an earlier one. */
    public void duplicate() {
        duplicates.increment();
    }

    /** A record went to a dead-letter topic, with this code. */
    public void deadLetter(String errorCode) {
        deadLetters.withTags("error", errorCode).increment();
    }

    /** An attempt failed and will be repeated. The reason is one of a few. */
    public void retry(String reason) {
        retries.withTags("reason", reason).increment();
    }

    /** A request begins to wait. The reason is one of a few. */
    public void waitBegun(String reason) {
        waits.withTags("reason", reason).increment();
    }

    /** Requests that wait now for this reason. Also registers its counter of waits, so that it is 0 and not missing. */
    public void waiting(String reason, IntSupplier requests) {
        waits.withTags("reason", reason).increment(0);
        gauge("tenantry.waiting", "Requests that wait now, by what they wait for", requests, "reason", reason);
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

    /** Requests that were received and have no result yet; asked at every scrape, by the scraping thread. */
    public void inFlight(IntSupplier requestsInFlight) {
        gauge("tenantry.in.flight", "Requests that were received and have no result yet", requestsInFlight);
    }

    /** Requests that were read, and are read again when there is room for them. */
    public void parked(IntSupplier requests) {
        gauge("tenantry.parked", "Requests that were read, and are read again when there is room for them", requests);
    }

    /** Partitions that cannot be read, for example because of a corrupt batch. */
    public void unreadablePartitions(IntSupplier partitions) {
        gauge("tenantry.unreadable.partitions", "Partitions whose next record cannot be read", partitions);
    }

    /** Tenants that have a lane now. */
    public void lanes(IntSupplier lanes) {
        gauge("tenantry.lanes", "Tenants with work in this worker", lanes);
    }

    /** Partitions that are not read further for now. */
    public void pausedPartitions(IntSupplier partitions) {
        gauge("tenantry.paused.partitions", "Partitions that are not read further for now", partitions);
    }

    /**
     * The connections to a server.
     *
     * @param available those of this worker's share that are free
     * @param max this worker's share of the server's cap, which changes as workers come and go
     * @param open those that the server has from this worker, idle ones included
     * @param cap what the whole group may have
     */
    public void bulkhead(String server, IntSupplier available, IntSupplier max, IntSupplier open, int cap) {
        gauge("tenantry.bulkhead.available", "Free connections of this worker's share", available, "server", server);
        gauge("tenantry.bulkhead.max", "This worker's share of the server's connections", max, "server", server);
        gauge("tenantry.bulkhead.open", "Connections that the server has from this worker", open, "server", server);
        gauge("tenantry.bulkhead.cap", "Connections that the whole group may have", () -> cap, "server", server);
    }

    private Timer batchTimer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(registry);
    }

    private DistributionSummary batchSize(String name, String description) {
        return DistributionSummary.builder(name).description(description).register(registry);
    }

    private void gauge(String name, String description, IntSupplier value, String... tags) {
        // A worker that joins its group again has new parts to ask.
        Gauge before = registry.find(name).tags(tags).gauge();
        if (before != null) {
            registry.remove(before);
        }
        Gauge.builder(name, value::getAsInt).description(description).tags(tags).register(registry);
    }
}
