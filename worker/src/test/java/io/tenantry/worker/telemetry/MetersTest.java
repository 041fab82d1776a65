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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTest {
    private static final Set<String> TAGS = Set.of(
            "type",
            "outcome",
            "error",
            "database",
            "reason",
            "server",
            "step",
            "way",
            "topic",
            "partition",
            "condition",
            "version",
            "action",
            "state");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new MockClock());
    private final Meters meters = new Meters(registry);

    @Test
    void countsAndTimesRequestsByTypeOutcomeAndError() {
        meters.requests().finished("created", "completed", null, Duration.ofMillis(200));
        meters.requests().finished("created", "completed", null, Duration.ofMillis(400));
        meters.requests().finished("migration", "failed", "lock-timeout", Duration.ofSeconds(3));

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
        meters.requests().homeFinished("users", "completed", Duration.ofMillis(70));

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

        meters.requests().duplicate();
        meters.settling().deadLetter("invalid-event");
        meters.rollouts().driven("running", () -> 1);
        meters.rollouts().stalled(() -> 1);
        meters.requests().retry("lock-timeout");
        meters.requests().retry("lock-timeout");

        meters.settling().ledgerPruned(500);
        meters.settling().ledgerPruned(7);

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
        meters.settling().settled(7, Duration.ofMillis(5));
        meters.settling().published(3, Duration.ofMillis(9));

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
        meters.intake().inFlight(value::get);
        meters.lanes().lanes(() -> value.get() * 10, () -> value.get() * 11);
        meters.intake().pausedPartitions(() -> value.get() * 100);
        meters.intake().unknownOffsets(() -> value.get() * 3);
        meters.connections().server("main", () -> value.get() * 1000, () -> 16, () -> value.get() * 2, 32);
        meters.connections().server("second", () -> 8, () -> 8, () -> 0, 8);
        value.set(2);

        assertThat(registry.get("tenantry.in.flight").gauge().value()).isEqualTo(2);
        assertThat(registry.get("tenantry.lanes.busy").gauge().value()).isEqualTo(20);
        assertThat(registry.get("tenantry.lanes.waiting").gauge().value()).isEqualTo(22);
        assertThat(registry.get("tenantry.paused.partitions").gauge().value()).isEqualTo(200);
        assertThat(registry.get("tenantry.unknown.offset.partitions").gauge().value())
                .isEqualTo(6);
        assertThat(registry.get("tenantry.connections.available")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(2000);
        assertThat(registry.get("tenantry.connections.share")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(16);
        assertThat(registry.get("tenantry.connections.open")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(4);
        assertThat(registry.get("tenantry.connections.cap")
                        .tag("server", "main")
                        .gauge()
                        .value())
                .isEqualTo(32);
    }

    @Test
    void aGaugeThatIsSetAgainFollowsItsNewSource() {
        meters.intake().parked(() -> 1);
        meters.intake().parked(() -> 2);

        assertThat(registry.get("tenantry.parked").gauge().value()).isEqualTo(2);
    }

    @Test
    void noMeterHasATagForTenants() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        useAll(new Meters(prometheus));

        assertThat(prometheus.getMeters()).hasSizeGreaterThanOrEqualTo(30);
        for (Meter meter : prometheus.getMeters()) {
            assertThat(meter.getId().getName()).startsWith("tenantry.");
            assertThat(meter.getId().getDescription()).isNotBlank();
            assertThat(meter.getId().getTags()).extracting(Tag::getKey).allMatch(TAGS::contains);
        }
    }

    @Test
    void prometheusGetsBucketsForThePercentilesOfRequests() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new Meters(prometheus).requests().finished("created", "completed", null, Duration.ofMillis(200));

        assertThat(prometheus.scrape())
                .contains("tenantry_requests_seconds_count{error=\"none\",outcome=\"completed\",type=\"created\"} 1")
                .contains("tenantry_requests_seconds_bucket{")
                .contains("tenantry_duplicates_total 0");
    }

    @Test
    void aPartitionThatIsGoneHasNoSeries() {
        meters.intake().openRequests("tenant.created", 1, () -> 5);
        meters.intake().openRequests("tenant.created", 2, () -> 6);
        meters.intake().gone("tenant.created", 1);

        assertThat(registry.get("tenantry.open.requests").gauges())
                .extracting(gauge -> gauge.getId().getTag("partition"))
                .containsExactly("2");
    }

    @Test
    void versionsThatNoTenantHasAnyMoreHaveNoSeries() {
        meters.worker().tenants(Map.of("users", Map.of("1", 3L, "2", 7L), "orders", Map.of("5", 1L)));
        meters.worker().tenants(Map.of("users", Map.of("2", 10L)));

        assertThat(registry.get("tenantry.tenants").gauges()).singleElement().satisfies(gauge -> {
            assertThat(gauge.getId().getTag("version")).isEqualTo("2");
            assertThat(gauge.value()).isEqualTo(10);
        });
    }

    @Test
    void manyVersionsShareASeries() {
        Map<String, Long> versions = new HashMap<>();
        for (int version = 1; version <= 80; version++) {
            versions.put(Integer.toString(version), (long) version);
        }
        meters.worker().tenants(Map.of("users", versions));

        assertThat(registry.get("tenantry.tenants").gauges()).hasSize(50);
        assertThat(registry.get("tenantry.tenants").tag("version", "80").gauge().value())
                .isEqualTo(80);
        assertThat(registry.get("tenantry.tenants")
                        .tag("version", "other")
                        .gauge()
                        .value())
                .isEqualTo(31 * 32 / 2.0);
    }

    @Test
    void theAgeOfPruningBeginsAnewWithEachPruning() {
        AtomicLong nanos = new AtomicLong(TimeUnit.HOURS.toNanos(5));
        SimpleMeterRegistry fresh = new SimpleMeterRegistry();
        Meters timed = new Meters(fresh, nanos::get);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(90));
        assertThat(fresh.get("tenantry.ledger.pruning.age").gauge().value()).isEqualTo(90);

        timed.settling().pruningEnded();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));

        assertThat(fresh.get("tenantry.ledger.pruning.age").gauge().value()).isEqualTo(3);
    }

    @Test
    void showsWhatKeepsTheWorkerFromBeingReady() {
        Health health = new Health();
        meters.worker().health(health);
        health.ready(true);
        health.raise(Health.Condition.SERVERS);

        for (Health.Condition condition : Health.Condition.values()) {
            assertThat(registry.get("tenantry.not.ready")
                            .tag("condition", condition.label())
                            .gauge()
                            .value())
                    .isEqualTo(condition == Health.Condition.SERVERS ? 1 : 0);
        }
    }

    private static void useAll(Meters meters) {
        meters.requests().finished("created", "failed", "internal", Duration.ofMillis(1));
        meters.requests().homeFinished("users", "failed", Duration.ofMillis(1));
        meters.requests().duplicate();
        meters.settling().deadLetter("invalid-event");
        meters.requests().retry("lock-timeout");
        meters.settling().published(1, Duration.ofMillis(1));
        meters.settling().settled(1, Duration.ofMillis(1));
        meters.intake().inFlight(() -> 1);
        meters.lanes().lanes(() -> 1, () -> 1);
        meters.lanes().waitBegun("home-locked");
        meters.requests().queued("created", Duration.ofMillis(1));
        meters.requests().stepEnded("claim-schema", "done", Duration.ofMillis(1));
        meters.requests().migrated("users", "plan", 3);
        meters.settling().resultPublished(Duration.ofMillis(1));
        meters.intake().openRequests("tenant.created", 0, () -> 1);
        meters.intake().oldestRequest(() -> Duration.ofSeconds(1));
        meters.worker().health(new Health());
        meters.worker().kafkaAway(() -> true);
        meters.worker().registryAway(() -> true);
        meters.worker().serverAway("main", () -> true);
        meters.worker().tenants(Map.of("users", Map.of("2", 7L)));
        meters.intake().pausedPartitions(() -> 1);
        meters.intake().unknownOffsets(() -> 1);
        meters.connections().server("main", () -> 1, () -> 1, () -> 1, 1);
    }
}
