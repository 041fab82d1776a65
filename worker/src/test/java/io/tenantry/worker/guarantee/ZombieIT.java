package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.guarantee.Journal.Upgrade;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker that is stopped in the middle of a migration, loses its partitions, and goes on, does no harm. */
@Tag("guarantee")
@Execution(ExecutionMode.CONCURRENT) // mostly waits
@Order(7)
class ZombieIT {
    private static final String TENANT = "tenant0";
    private static final int TENANTS = 8;

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#bothProtocols")
    void keepsTheOldOwnerAndTheNewOneApart(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            // One at a time: all else in the hands of the stopped one would be locked as well.
            trial.deployment().with("worker.concurrency", "1");
            // And nobody ends the sessions of the stopped one: the lock alone has to keep the others out.
            trial.lease(Duration.ofMinutes(5))
                    .onboard(TENANTS, Duration.ofMillis(50))
                    .startWorkers(1)
                    .awaitReady()
                    .startWorkers(1)
                    .awaitReady()
                    .awaitMembers(2);
            trial.journal().hold(TENANT);
            trial.load(0).under(ZombieIT::stopTheOwner).check();

            writesNothingWithoutAnAssignment(trial);
        }
    }

    private static void stopTheOwner(Trial trial) {
        Await.until(
                Duration.ofSeconds(60),
                "the tenant is at work",
                () -> trial.journal().isAtWork(TENANT));
        String owner = trial.journal().worksOn(TENANT).orElseThrow();
        WorkerProcess zombie = worker(trial, owner);
        zombie.stop();
        trial.awaitMembersOtherThanDead(1);
        // The new owner is at the tenant's door now; the old one has its lock, and its transaction open.
        trial.awaitOthersAreDone(TENANT);
        assertThat(trial.journal().overlaps())
                .as("times that two were at work on one tenant")
                .isZero();
        assertThat(trial.journal().othersInside(TENANT, owner))
                .as("sessions of the new owner that got past the lock")
                .isZero();
        assertThat(trial.journal().worksOn(TENANT))
                .as("who works on the tenant when the new owner is done with all others")
                .contains(owner);
        trial.journal().release(TENANT);
        zombie.goOn();
    }

    /** Every upgrade was begun by a worker that had been given the partition, and nobody else had since. */
    private static void writesNothingWithoutAnAssignment(Trial trial) {
        TopicPartition partition = trial.partition(TENANT);
        List<Upgrade> upgrades = trial.journal().upgrades(TENANT);
        assertThat(upgrades).hasSize(3);
        for (int i = 1; i < upgrades.size(); i++) {
            Upgrade before = upgrades.get(i - 1);
            Upgrade next = upgrades.get(i);
            if (!next.worker().equals(before.worker())) {
                Instant nextOwns = lastAssignment(trial, next, partition);
                assertThat(nextOwns)
                        .as("when %s got the partition that %s had", next.worker(), before.worker())
                        .isAfter(lastAssignment(trial, before, partition));
            }
        }
    }

    private static Instant lastAssignment(Trial trial, Upgrade upgrade, TopicPartition partition) {
        return worker(trial, upgrade.worker()).assigned(partition).stream()
                .filter(assigned -> assigned.isBefore(upgrade.begun()))
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new AssertionError(upgrade + " without an assignment"));
    }

    private static WorkerProcess worker(Trial trial, String session) {
        return trial.workers().stream()
                .filter(worker -> worker.logged("worker " + session.substring(session.indexOf(' ') + 1) + " joins"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(session + " is none of the workers"));
    }
}
