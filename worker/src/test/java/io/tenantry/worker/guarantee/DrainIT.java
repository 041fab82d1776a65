package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A rolling restart by SIGTERM, twice, under load: no work is done again. */
class DrainIT {
    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void doesNoWorkAgainInARollingRestart(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            Scale scale = trial.scale();
            trial.onboard(scale.tenants(), scale.step())
                    .startWorkers(scale.workers())
                    .awaitReady()
                    .load(scale.newcomers())
                    .under(DrainIT::restartAllTwice)
                    .check();

            assertThat(trial.journal().begunAgain())
                    .as("upgrades that were begun more than once")
                    .isZero();
        }
    }

    private static void restartAllTwice(Trial trial) {
        for (int round = 0; round < 2; round++) {
            for (WorkerProcess worker : trial.workers()) {
                trial.awaitProgress(3);
                worker.drain();
                worker.startAgain();
                worker.awaitReady();
            }
        }
    }
}
