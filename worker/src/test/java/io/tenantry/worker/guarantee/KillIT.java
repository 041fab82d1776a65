package io.tenantry.worker.guarantee;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing lost, no second result, order, never two at once: while random workers are killed. */
class KillIT {
    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#bothProtocols")
    void answersEveryRequestOnceWhileWorkersAreKilled(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            Scale scale = trial.scale();
            trial.onboard(scale.tenants(), scale.step())
                    .startWorkers(scale.workers())
                    .load(scale.newcomers())
                    .under(KillIT::killAgainAndAgain)
                    .check();
        }
    }

    /** Spread over the load: a kill after each share of the answers. */
    private static void killAgainAndAgain(Trial trial) {
        int share = trial.requests().expected() / (trial.scale().kills() + 2);
        for (int kill = 0; kill < trial.scale().kills(); kill++) {
            trial.awaitProgress(1 + trial.random().nextInt(share));
            WorkerProcess victim =
                    trial.workers().get(trial.random().nextInt(trial.workers().size()));
            victim.kill();
            victim.startAgain();
        }
        Await.until(
                Duration.ofSeconds(90),
                "all workers are ready again",
                () -> trial.workers().stream().allMatch(WorkerProcess::isAlive));
    }
}
