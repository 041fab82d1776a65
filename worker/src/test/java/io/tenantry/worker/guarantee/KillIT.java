package io.tenantry.worker.guarantee;

import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.guarantee.Ambush.Moment;
import io.tenantry.worker.scenario.WorkerProcess;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing lost, no second result, order, never two at once: while workers are killed. */
@Tag("guarantee")
@Execution(ExecutionMode.CONCURRENT) // mostly waits
@Order(2)
class KillIT {
    private static final List<Moment> MOMENTS = List.of(Moment.values());

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#bothProtocols")
    void answersEveryRequestOnceWhileWorkersAreKilled(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            Scale scale = trial.scale();
            trial.onboard(scale.tenants(), scale.step());
            try (SharedDetour detour = SharedDetour.take();
                    Ambush ambush = new Ambush(detour.addresses())) {
                trial.deployment().with("kafka.bootstrap-servers", detour.bootstrapServers());
                trial.startWorkers(scale.workers())
                        .load(scale.newcomers())
                        .under(attacked -> killAgainAndAgain(attacked, ambush, firstMoment(round)))
                        .check();
            }
        }
    }

    private static int firstMoment(Round round) {
        return round.protocol() == GroupProtocol.CLASSIC ? 0 : 1;
    }

    /**
     * Spread over the load: a kill after each share of the answers. A small run comes to one moment for each protocol, and each
     * has another.
     */
    private static void killAgainAndAgain(Trial trial, Ambush ambush, int firstMoment) {
        int share = trial.requests().unanswered(trial.answers()).size()
                / (trial.scale().kills() + 2);
        for (int number = 0; number < trial.scale().kills(); number++) {
            trial.awaitProgress(1 + trial.random().nextInt(share));
            if (number % 2 == 1) {
                killAnyone(trial);
            } else {
                killOneThatSettles(trial, ambush, MOMENTS.get((firstMoment + number / 2) % MOMENTS.size()));
            }
        }
    }

    private static void killAnyone(Trial trial) {
        List<WorkerProcess> atWork =
                trial.workers().stream().filter(WorkerProcess::hasPartitions).toList();
        // One that still starts has nothing to lose, so a small run would show little with it.
        List<WorkerProcess> candidates = Scale.isFull() || atWork.isEmpty() ? trial.workers() : atWork;
        WorkerProcess victim = candidates.get(trial.random().nextInt(candidates.size()));
        victim.kill();
        victim.startAgain();
    }

    private static void killOneThatSettles(Trial trial, Ambush ambush, Moment moment) {
        // The survivors of earlier kills may have answered everything before this one.
        Runnable moreWork = () -> {
            if (trial.requests().allAnswered(trial.answers())) {
                trial.load(List.of(), 1);
            }
        };
        String name = ambush.kill(moment, client -> trial.worker(client).kill(), moreWork);
        trial.worker(name).startAgain();
    }
}
