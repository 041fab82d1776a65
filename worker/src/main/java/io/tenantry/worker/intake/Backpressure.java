package io.tenantry.worker.intake;

import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.poll.GuardedPoll;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Pauses the partitions that should not be read further for now, and resumes them. For the poll thread alone. */
final class Backpressure {
    private final Consumer<byte[], byte[]> consumer;
    private final Assignment assignment;
    private final Admission admission;
    private final Rereading rereading;
    private final GuardedPoll guarded;
    private final RolloutIntake rollouts;
    private final BooleanSupplier unpublished;
    private volatile int paused;

    /** @param unpublished whether too many results and dead letters are not in Kafka yet */
    Backpressure(
            Consumer<byte[], byte[]> consumer,
            Assignment assignment,
            Admission admission,
            Rereading rereading,
            GuardedPoll guarded,
            RolloutIntake rollouts,
            BooleanSupplier unpublished) {
        this.consumer = consumer;
        this.assignment = assignment;
        this.admission = admission;
        this.rereading = rereading;
        this.guarded = guarded;
        this.rollouts = rollouts;
        this.unpublished = unpublished;
    }

    void apply(boolean draining) {
        boolean holdAll = draining || unpublished.getAsBoolean();
        Set<TopicPartition> before = consumer.paused();
        Set<TopicPartition> pause = new HashSet<>();
        Set<TopicPartition> resume = new HashSet<>();
        for (TopicPartition partition : consumer.assignment()) {
            boolean hold = holdAll
                    || guarded.pauses(partition)
                    || assignment.isUnread(partition)
                    || ((assignment.isFull(partition) || isFull(partition)) && !rereading.isUnderWay(partition));
            if (hold && !before.contains(partition)) {
                pause.add(partition);
            } else if (!hold && before.contains(partition)) {
                resume.add(partition);
            }
        }
        if (!pause.isEmpty()) {
            consumer.pause(pause);
        }
        if (!resume.isEmpty()) {
            consumer.resume(resume);
        }
        paused = before.size() + pause.size() - resume.size();
    }

    /** Verbs need no room of requests: a rollout can be halted while requests fill the memory. */
    private boolean isFull(TopicPartition partition) {
        return rollouts.has(partition) ? rollouts.isFull() : admission.isFull();
    }

    /** Partitions went away. */
    void left() {
        if (assignment.isEmpty()) {
            paused = 0;
        }
    }

    /** How many there are. Read from any thread. */
    int paused() {
        return paused;
    }
}
