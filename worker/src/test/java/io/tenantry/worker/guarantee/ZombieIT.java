package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker that is stopped in the middle of a migration, loses its partitions, and goes on, does no harm. */
class ZombieIT {
    private static final String TENANT = "tenant0";
    private static final Duration LONG_ENOUGH_TO_STOP_IN = Duration.ofSeconds(2);

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#bothProtocols")
    void keepsTheOldOwnerAndTheNewOneApart(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            // One at a time: all else in the hands of the stopped one would be locked as well.
            trial.deployment().with("worker.concurrency", "1");
            trial.onboard(trial.scale().tenants() / 3, LONG_ENOUGH_TO_STOP_IN.dividedBy(10))
                    .startWorkers(1)
                    .awaitReady()
                    .startWorkers(1)
                    .awaitReady()
                    .awaitMembers(2);
            trial.journal().slow(TENANT, LONG_ENOUGH_TO_STOP_IN);
            trial.load(0).under(ZombieIT::stopTheOwner).check();

            changesHandsOnce(trial.journal().workersOf(TENANT));
        }
    }

    private static void stopTheOwner(Trial trial) {
        Await.until(
                Duration.ofSeconds(60),
                "the tenant is at work",
                () -> trial.journal().isAtWork(TENANT));
        String owner = trial.journal().worksOn(TENANT).orElseThrow();
        WorkerProcess zombie = trial.workers().stream()
                .filter(worker -> worker.logged("worker " + owner.substring(owner.indexOf(' ') + 1) + " joins"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(owner + " is none of the workers"));
        zombie.stop();
        trial.awaitMembersOtherThanDead(1);
        // The new owner is at the tenant's door now; the old one has its lock, and its transaction open.
        trial.awaitOthersAreDone(TENANT);
        assertThat(trial.journal().othersInside(TENANT, owner))
                .as("sessions of the new owner that got past the lock")
                .isZero();
        zombie.goOn();
    }

    /** Once the new owner has begun, the old one writes nothing more. */
    private static void changesHandsOnce(List<String> workers) {
        assertThat(workers).hasSize(4);
        List<String> upgrades = workers.subList(1, 4);
        long changes = 0;
        for (int i = 1; i < upgrades.size(); i++) {
            changes += upgrades.get(i).equals(upgrades.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).as("changes of hands in %s", upgrades).isLessThanOrEqualTo(1);
    }
}
