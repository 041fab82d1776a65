package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.scenario.WorkerProcess;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rolling restarts by SIGTERM under load: no work is done again. */
@Tag("guarantee")
@Order(6)
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
                    .under(DrainIT::restartAllInTurn)
                    .check();

            assertThat(trial.journal().begunAgain())
                    .as("upgrades that were begun more than once")
                    .isZero();
        }
    }

    private static void restartAllInTurn(Trial trial) {
        for (int restart = 0; restart < trial.scale().rollingRestarts(); restart++) {
            for (WorkerProcess worker : trial.workers()) {
                trial.awaitProgress(3);
                worker.drain();
                worker.startAgain();
                worker.awaitReady();
            }
        }
    }
}
