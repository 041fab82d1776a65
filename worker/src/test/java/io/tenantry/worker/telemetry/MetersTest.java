package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MetersTest {
    private static final Set<String> TAGS = Set.of("type", "outcome", "error", "database", "reason", "server");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());
    private final Meters meters = new Meters(registry);

    @Test
    void countsAndTimesRequestsByTypeOutcomeAndError() {
        meters.requestFinished("created", "completed", null, Duration.ofMillis(200));
        meters.requestFinished("created", "completed", null, Duration.ofMillis(400));
        meters.requestFinished("migration", "failed", "lock-timeout", Duration.ofSeconds(3));

        var completed = registry.get("tenantry.requests")
                .tags("type", "created", "outcome", "completed", "error", "none")
                .timer();
        assertThat(completed.count()).isEqualTo(2);
        assertThat(completed.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(600);
        assertThat(registry.get("tenantry.requests")
                        .tags("type", "migration", "outcome", "failed", "error", "lock-timeout")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void timesHomesByDatabase() {
        meters.homeFinished("users", "completed", Duration.ofMillis(70));

        assertThat(registry.get("tenantry.homes")
                        .tags("database", "users", "outcome", "completed")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(70);
    }

    @Test
    void countsDuplicatesDeadLettersRetriesAndPrunedRows() {
        assertThat(registry.get("tenantry.duplicates").counter().count()).isZero();
        assertThat(registry.get("tenantry.ledger.pruned").counter().count()).isZero();

        meters.duplicate();
        meters.deadLetter("invalid-event");
        meters.retry("lock-timeout");
        meters.retry("lock-timeout");

        meters.ledgerPruned(500);
        meters.ledgerPruned(7);

        assertThat(registry.get("tenantry.ledger.pruned").counter().count()).isEqualTo(507);
        assertThat(registry.get("tenantry.duplicates").counter().count()).isEqualTo(1);
        assertThat(registry.get("tenantry.dead.letters")
                        .tag("error", "invalid-event")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("tenantry.retries")
                        .tag("reason", "lock-timeout")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void measuresTheBatchesOfBothTransactions() {
        meters.settled(7, Duration.ofMillis(5));
        meters.published(3, Duration.ofMillis(9));

        assertThat(registry.get("tenantry.settle.records").summary().totalAmount())
                .isEqualTo(7);
        assertThat(registry.get("tenantry.settle").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(5);
        assertThat(registry.get("tenantry.publish.records").summary().totalAmount())
                .isEqualTo(3);
        assertThat(registry.get("tenantry.publish").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(9);
    }

    @Test
    void gaugesFollowTheirSource() {
        AtomicInteger value = new AtomicInteger(1);
        meters.inFlight(value::get);
        meters.lanes(() -> value.get() * 10);
        meters.pausedPartitions(() -> value.get() * 100);
        meters.bulkhead("main", () -> value.get() * 1000, () -> 16, () -> value.get() * 2, 32);
        meters.bulkhead("second", () -> 8, () -> 8, () -> 0, 8);
        value.set(2);

        assertThat(registry.get("tenantry.in.flight").gauge().value()).isEqualTo(2);
        assertThat(registry.get("tenantry.lanes").gauge().value()).isEqualTo(20);
        assertThat(registry.get("tenantry.paused.partitions").gauge().value()).isEqualTo(200);
        assertThat(registry.get("tenantry.bulkhead.available")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(2000);
        assertThat(registry.get("tenantry.bulkhead.max")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(16);
        assertThat(registry.get("tenantry.bulkhead.open")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(4);
        assertThat(registry.get("tenantry.bulkhead.cap")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(32);
    }

    @Test
    void aGaugeThatIsSetAgainFollowsItsNewSource() {
        meters.lanes(() -> 1);
        meters.lanes(() -> 2);

        assertThat(registry.get("tenantry.lanes").gauge().value()).isEqualTo(2);
    }

    @Test
    void noMeterHasATagForTenants() {
        useAll();

        assertThat(registry.getMeters()).hasSizeGreaterThanOrEqualTo(14);
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getName()).startsWith("tenantry.");
            assertThat(meter.getId().getDescription()).isNotBlank();
            assertThat(meter.getId().getTags()).extracting(Tag::getKey).allMatch(TAGS::contains);
        }
    }

    @Test
    void prometheusGetsBucketsForThePercentilesOfRequests() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new Meters(prometheus).requestFinished("created", "completed", null, Duration.ofMillis(200));

        assertThat(prometheus.scrape())
                .contains("tenantry_requests_seconds_count{error=\"none\",outcome=\"completed\",type=\"created\"} 1")
                .contains("tenantry_requests_seconds_bucket{")
                .contains("tenantry_duplicates_total 0");
    }

    private void useAll() {
        meters.requestFinished("created", "failed", "internal", Duration.ofMillis(1));
        meters.homeFinished("users", "failed", Duration.ofMillis(1));
        meters.duplicate();
        meters.deadLetter("invalid-event");
        meters.retry("lock-timeout");
        meters.published(1, Duration.ofMillis(1));
        meters.settled(1, Duration.ofMillis(1));
        meters.inFlight(() -> 1);
        meters.lanes(() -> 1);
        meters.pausedPartitions(() -> 1);
        meters.bulkhead("main", () -> 1, () -> 1, () -> 1, 1);
    }
}
