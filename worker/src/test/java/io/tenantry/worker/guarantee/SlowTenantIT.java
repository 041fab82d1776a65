package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A slow tenant delays no other one of its partition; and what was settled beside it is not repeated after a SIGKILL. */
class SlowTenantIT {
    private static final String SLOW = "slow";

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
