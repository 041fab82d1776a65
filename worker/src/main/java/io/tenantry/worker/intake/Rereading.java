package io.tenantry.worker.intake;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes the consumer back to parked requests when there is room for them, and then to where it was. For the poll thread
 * alone.
 */
final class Rereading {
    /** Offsets that are rather read than jumped over: a jump throws away what was fetched. */
    private static final int SHORT_WAY = 500;

    private final Consumer<byte[], byte[]> consumer;
    private final Admission admission;
    private final Map<TopicPartition, Excursion> excursions = new HashMap<>();

    /**
     * A way back.
     *
     * @param from the position now
     * @param resumeAt the position before; what is there and beyond was not read yet
     */
    private record Excursion(long from, long resumeAt) {}

    Rereading(Consumer<byte[], byte[]> consumer, Admission admission) {
        this.consumer = consumer;
        this.admission = admission;
    }

    /**
     * Before each poll.
     *
     * @param held partitions whose position has no meaning for now
     */
    void steer(Predicate<TopicPartition> held) {
        for (TopicPartition partition : admission.partitions()) {
            if (!held.test(partition) && !excursions.containsKey(partition)) {
                admission.firstOfMany(partition).ifPresent(first -> go(partition, first, consumer.position(partition)));
            }
        }
        for (Map.Entry<TopicPartition, Excursion> next : Map.copyOf(excursions).entrySet()) {
            Excursion excursion = next.getValue();
            Optional<Long> first = admission.firstStartable(next.getKey());
            if (first.isEmpty()) {
                consumer.seek(next.getKey(), excursion.resumeAt());
                excursions.remove(next.getKey());
            } else if (first.get() < excursion.from() || first.get() > excursion.from() + SHORT_WAY) {
                go(next.getKey(), first.get(), excursion.resumeAt());
            }
        }
    }

    private void go(TopicPartition partition, long from, long resumeAt) {
        consumer.seek(partition, from);
        excursions.put(partition, new Excursion(from, resumeAt));
    }

    /** Whether the consumer is on its way through what was read before. */
    boolean isUnderWay(TopicPartition partition) {
        return excursions.containsKey(partition);
    }

    /** Whether a record from there was read before. */
    boolean covers(TopicPartition partition, long offset) {
        Excursion excursion = excursions.get(partition);
        return excursion != null && offset < excursion.resumeAt();
    }

    /**
     * The consumer has come to this position.
     *
     * @param seen the offsets of the records that it saw on the way
     * @return parked ones that should have been there: Kafka has deleted them
     */
    List<Long> passed(TopicPartition partition, long position, Set<Long> seen) {
        Excursion excursion = excursions.get(partition);
        if (excursion == null || position <= excursion.from()) {
            return List.of();
        }
        long to = Math.min(position, excursion.resumeAt());
        if (to == excursion.resumeAt()) {
            excursions.remove(partition);
        } else {
            excursions.put(partition, new Excursion(to, excursion.resumeAt()));
        }
        return admission.missing(partition, excursion.from(), to, seen);
    }

    void drop(Set<TopicPartition> partitions) {
        excursions.keySet().removeAll(partitions);
    }
}
