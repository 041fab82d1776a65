package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What becomes of requests, from their receipt to their result. Safe for use by any thread. */
public final class RequestMeters {
    private static final String DATABASE = "database";
    private static final String OUTCOME = "outcome";

    private final MetersByTags<Timer> requests;
    private final MetersByTags<Timer> queueing;
    private final MetersByTags<Timer> homes;
    private final MetersByTags<Timer> steps;
    private final MetersByTags<Counter> migrations;
    private final MeterProvider<Counter> retries;
    private final Counter duplicates;

    RequestMeters(MeterRegistry registry) {
        this.requests = new MetersByTags<>(
                Buckets.ofWaits(
                                "tenantry.requests",
                                "Requests that were answered, and the time from their receipt to their result")
                        .withRegistry(registry),
                "type",
                OUTCOME,
                "error");
        this.queueing = new MetersByTags<>(
                Buckets.ofWaits(
                                "tenantry.queueing",
                                "The time from the receipt of a request until a thread first works on it")
                        .withRegistry(registry),
                "type");
        this.homes = new MetersByTags<>(
                Buckets.ofWork(
                                "tenantry.homes",
                                "Tenants' schemas and databases that were worked on, and the time that took")
                        .withRegistry(registry),
                DATABASE,
                OUTCOME);
        this.steps = new MetersByTags<>(
                Buckets.ofWork("tenantry.step", "One step of the work on one schema or database")
                        .withRegistry(registry),
                "step",
                OUTCOME);
        this.migrations = new MetersByTags<>(
                Counter.builder("tenantry.migrations")
                        .description(
                                "Scripts that were applied to tenants' schemas and databases, by how they were applied")
                        .withRegistry(registry),
                DATABASE,
                "way");
        this.retries = Counter.builder("tenantry.retries")
                .description("Attempts that failed and will be repeated")
                .withRegistry(registry);
        this.duplicates = Counter.builder("tenantry.duplicates")
                .description("Requests that repeat an earlier one, settled with its result")
                .register(registry);
    }

    /** Makes the counters of these reasons for retries 0, and not missing. */
    public void retryReasons(Collection<String> reasons) {
        reasons.forEach(reason -> retries.withTags("reason", reason).increment(0));
    }

    /** Makes the counters of migrations of these databases 0, and not missing. */
    public void databases(Collection<String> databases, Collection<String> ways) {
        databases.forEach(database -> ways.forEach(way -> migrated(database, way, 0)));
    }

    /**
     * A thread works on a request for the first time.
     *
     * @param type as in {@link #finished}
     * @param sinceReceived from its receipt by this worker, the time that it was parked included
     */
    public void queued(String type, Duration sinceReceived) {
        queueing.of(type).record(sinceReceived);
    }

    /**
     * A request has its result.
     *
     * @param type {@code created} or {@code migration}
     * @param outcome as in the result
     * @param errorCode null: none
     * @param sinceReceived from its receipt by this worker to its result, waiting and retries included
     */
    public void finished(String type, String outcome, @Nullable String errorCode, Duration sinceReceived) {
        requests.of(type, outcome, errorCode == null ? "none" : errorCode).record(sinceReceived);
    }

    /** One home of a tenant, in the named {@code database}, was worked on for so long. */
    public void homeFinished(String database, String outcome, Duration duration) {
        homes.of(database, outcome).record(duration);
    }

    /** One step on one home has ended. Both names are of a few. */
    public void stepEnded(String step, String outcome, Duration duration) {
        steps.of(step, outcome).record(duration);
    }

    /** So many scripts were applied to a home in the named {@code database}. The way is one of a few. */
    public void migrated(String database, String way, int scripts) {
        migrations.of(database, way).increment(scripts);
    }

    /** An attempt failed and will be repeated. The reason is one of a few. */
    public void retry(String reason) {
        retries.withTags("reason", reason).increment();
    }

    /** A request repeated an earlier one. */
    public void duplicate() {
        duplicates.increment();
    }
}
