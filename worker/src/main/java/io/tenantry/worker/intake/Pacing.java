package io.tenantry.worker.intake;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Pauses the partitions that should not be read further for now, and resumes them. For the poll thread alone. */
final class Pacing {
    /** Requests of one topic on their way; each topic has its own, so that a rollout does not keep signups out. */
    private static final int MAX_IN_FLIGHT = 2000;
    /** Results and dead letters on their way into Kafka, which may let itself be read while it takes none. */
    private static final int MAX_UNPUBLISHED = 2000;

    private final Consumer<byte[], byte[]> consumer;
    private final Assignment assignment;
    private final InFlight inFlight;
    private final IntSupplier unpublished;
    private volatile int paused;

    /** @param unpublished how many results and dead letters are not in Kafka yet */
    Pacing(Consumer<byte[], byte[]> consumer, Assignment assignment, InFlight inFlight, IntSupplier unpublished) {
        this.consumer = consumer;
        this.assignment = assignment;
        this.inFlight = inFlight;
        this.unpublished = unpublished;
    }

    void apply(boolean draining) {
        boolean holdAll = draining || unpublished.getAsInt() >= MAX_UNPUBLISHED;
        Set<TopicPartition> before = consumer.paused();
        Set<TopicPartition> pause = new HashSet<>();
        Set<TopicPartition> resume = new HashSet<>();
        for (TopicPartition partition : consumer.assignment()) {
            boolean hold = holdAll
                    || assignment.isUnread(partition)
                    || assignment.isFull(partition)
                    || inFlight.ofTopic(partition.topic()) >= MAX_IN_FLIGHT;
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

    int paused() {
        return paused;
    }
}
