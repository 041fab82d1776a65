package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventType;
import io.tenantry.worker.scenario.DriftEvents;
import io.tenantry.worker.scenario.DriftEvents.Change;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers are killed while they compare homes: each home that was altered by hand is told once, and no other one. */
@Tag("guarantee")
class DriftSweepKillIT {
    private static final int TENANTS = 1000;
    /** Every so many-th home is altered. */
    private static final int ALTERED = 50;

    private static final int KILLS = 6;

    /** A sweep takes a minute at least, so this is part of the chaos suite alone. */
    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    @EnabledIf("isFull")
    void eachDriftIsToldOnceThoughWorkersAreKilledWhileTheySweep(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            trial.onboard(TENANTS, trial.scale().step());
            List<String> altered = IntStream.range(0, TENANTS / ALTERED)
                    .mapToObj(i -> "tenant" + i * ALTERED)
                    .toList();
            alter(trial, altered, "ADD by_hand int");
            trial.deployment().with("drift.sweep", "1m").with("drift.homes-per-second", "100");
            trial.startWorkers(trial.scale().workers()).awaitReady();

            trial.under(DriftSweepKillIT::killWhileTheySweep);
            trial.under(DriftSweepKillIT::awaitAll);
            trial.under(attacked -> assertTold(attacked, EventType.TENANT_DRIFTED, altered));

            alter(trial, altered, "DROP by_hand");
            trial.under(attacked -> assertTold(attacked, EventType.DRIFT_CLEARED, altered));
        }
    }

    static boolean isFull() {
        return Scale.isFull();
    }

    private static void alter(Trial trial, List<String> tenants, String how) {
        tenants.forEach(tenant -> trial.deployment()
                .execute("ALTER TABLE " + trial.deployment().locationOf(Journal.DATABASE, tenant) + ".account_1 "
                        + how));
    }

    private static void killWhileTheySweep(Trial trial) {
        for (int kill = 1; kill <= KILLS; kill++) {
            int goal = kill * TENANTS / (KILLS + 1);
            Await.until(Duration.ofMinutes(2), goal + " homes are compared", () -> compared(trial) >= goal);
            List<WorkerProcess> workers = trial.workers();
            WorkerProcess victim = workers.get(trial.random().nextInt(workers.size()));
            victim.kill();
            victim.startAgain();
        }
    }

    private static void awaitAll(Trial trial) {
        Await.until(Duration.ofMinutes(3), "all homes are compared", () -> compared(trial) == TENANTS);
        assertThat(trial.deployment()
                        .queryRegistry(
                                "SELECT state || ' ' || count(*) FROM tenantry.drift_home GROUP BY state ORDER BY 1"))
                .containsExactly("clean " + (TENANTS - TENANTS / ALTERED), "drifted " + TENANTS / ALTERED);
    }

    private static int compared(Trial trial) {
        return Integer.parseInt(trial.deployment()
                .queryRegistry("SELECT count(*) FROM tenantry.drift_home WHERE checked_at IS NOT NULL")
                .get(0));
    }

    private static void assertTold(Trial trial, EventType type, List<String> tenants) {
        try (DriftEvents events = new DriftEvents(trial.deployment().settings().kafka())) {
            Await.until(
                    Duration.ofMinutes(3),
                    tenants.size() + " events " + type.type(),
                    () -> of(events, type).size() >= tenants.size());
            // All that the outbox has is published, so no further one is on its way.
            Await.until(
                    Duration.ofMinutes(1),
                    "the outbox is published",
                    () -> trial.deployment()
                            .queryRegistry(
                                    "SELECT count(*) FROM tenantry.drift_home WHERE announced <> (state = 'drifted')")
                            .equals(List.of("0")));
            List<Change> told = of(events, type);
            assertThat(told).extracting(change -> change.data().key()).containsExactlyInAnyOrderElementsOf(tenants);
            assertThat(told.stream().map(Change::id).collect(Collectors.toSet()))
                    .hasSize(tenants.size());
        }
    }

    private static List<Change> of(DriftEvents events, EventType type) {
        return events.all().stream().filter(change -> change.type() == type).toList();
    }
}
