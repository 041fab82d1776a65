package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A slow tenant delays no other one of its partition; and what was settled beside it is not repeated after a SIGKILL. */
@Tag("guarantee")
@Execution(ExecutionMode.CONCURRENT) // mostly waits
@Order(3)
class SlowTenantIT {
    private static final String SLOW = "slow";
    /** Offsets; a window's metadata takes 24,000. */
    private static final int MORE_THAN_A_WINDOW = 25_000;

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void answersTheQuickOnesBeforeTheSlowOneEndsAndDoesNotRepeatThem(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            List<String> quick = trial.neighbours(SLOW, trial.scale().quickTenants());
            List<String> all = new ArrayList<>(quick);
            all.add(SLOW);
            trial.onboard(all, Duration.ZERO).startWorkers(1).awaitReady();
            trial.journal().slow(SLOW, trial.scale().slowStep());
            trial.journal().hold(SLOW);

            trial.requests().upgrade(SLOW, 2);
            Await.until(
                    Duration.ofSeconds(30),
                    "the slow one is at work",
                    () -> trial.journal().isAtWork(SLOW));
            quick.forEach(tenant -> trial.requests().upgrade(tenant, 2));

            trial.under(attacked -> killBesideTheSlowOne(attacked, quick)).check();
        }
    }

    /** Within one poll, so that the worker meets the quick one before it knows that its window has no room for it. */
    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void whatLiesBeyondTheWindowWaitsAndIsNotRepeatedEither(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            String quick = trial.neighbours(SLOW, 1).get(0);
            String elsewhere = elsewhere(trial);
            trial.onboard(List.of(quick, elsewhere, SLOW), Duration.ZERO)
                    .startWorkers(1)
                    .awaitReady();
            trial.journal().hold(SLOW);
            trial.requests().upgrade(SLOW, 2);
            Await.until(
                    Duration.ofSeconds(30),
                    "the slow one is at work",
                    () -> trial.journal().isAtWork(SLOW));
            try (ForeignProducer foreign = new ForeignProducer(trial.deployment())) {
                foreign.begin();
                foreign.send(trial.partition(SLOW), MORE_THAN_A_WINDOW);
                // Behind the open transaction nobody gets it before that is aborted.
                trial.requests().upgrade(quick, 2);
                foreign.abort();
            }

            trial.under(attacked -> killAfterAnother(attacked, elsewhere)).check();
        }
    }

    private static String elsewhere(Trial trial) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "elsewhere" + i)
                .filter(tenant -> !trial.partition(tenant).equals(trial.partition(SLOW)))
                .findFirst()
                .orElseThrow();
    }

    private static void killAfterAnother(Trial trial, String elsewhere) {
        // Asked for last: what the worker takes from the other partition it has taken by then.
        trial.requests().upgrade(elsewhere, 2);
        trial.awaitResult(elsewhere + "-2");
        assertThat(trial.journal().isAtWork(SLOW))
                .as("the slow one is still at work")
                .isTrue();
        killAndForget(trial);
    }

    private static void killBesideTheSlowOne(Trial trial, List<String> quick) {
        Await.until(
                Duration.ofSeconds(60),
                "the quick ones are answered",
                () -> trial.answers()
                        .answered()
                        .containsAll(quick.stream().map(tenant -> tenant + "-2").toList()));
        assertThat(trial.journal().isAtWork(SLOW))
                .as("the slow one is still at work")
                .isTrue();
        assertThat(trial.answers().answered()).doesNotContain(SLOW + "-2");
        killAndForget(trial);
    }

    private static void killAndForget(Trial trial) {
        WorkerProcess worker = trial.workers().get(0);
        worker.kill();
        // From here on nobody can tell from the ledger that the quick ones were answered: the window alone does.
        trial.deployment().executeInRegistry("DELETE FROM tenantry.request");
        trial.journal().release(SLOW);
        worker.startAgain();
        worker.awaitReady();
        trial.awaitResult(SLOW + "-2");
    }
}
