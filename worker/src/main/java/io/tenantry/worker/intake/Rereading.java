package io.tenantry.worker.intake;

import io.tenantry.worker.settle.Coordinates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Seeks back to parked requests when there is room for them, and then forward to the previous position. For the poll
 * thread alone.
 */
final class Rereading {
    /** Offsets that are rather read than jumped over: a jump throws away what was fetched. */
    private static final int SHORT_WAY = 500;
    /** After so long it is worth going back for a few. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** An excursion that comes no further for so long keeps no room. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(10);
    /** A position that is known is there at once; it is looked for by polls, not here. */
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Admission admission;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Excursion> excursions = new HashMap<>();
    /** When the parked ones of a partition were last gone back for, or were first seen. */
    private final Map<TopicPartition, Long> goneNanos = new HashMap<>();

    /**
     * A way back.
     *
     * @param from the position now
     * @param resumeAt the position before; what is there and beyond was not read yet
     * @param movedNanos when it came to its position
     */
    private record Excursion(long from, long resumeAt, long movedNanos) {}

    /** @param nanoTime as {@link System#nanoTime} */
    Rereading(Consumer<byte[], byte[]> consumer, Admission admission, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.admission = admission;
        this.nanoTime = nanoTime;
    }

    /**
     * Before each poll.
     *
     * @param held partitions whose position has no meaning for now
     */
    void steer(Predicate<TopicPartition> held) {
        List<TopicPartition> parked = admission.partitions();
        goneNanos.keySet().retainAll(parked);
        for (TopicPartition partition : parked) {
            if (!held.test(partition) && !excursions.containsKey(partition)) {
                begin(partition);
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

    /** For many, or after a while for a few. */
    private void begin(TopicPartition partition) {
        long now = nanoTime.getAsLong();
        long gone = goneNanos.computeIfAbsent(partition, seen -> now);
        Optional<Long> first = now - gone < PATIENCE.toNanos()
                ? admission.firstOfMany(partition)
                : admission.firstStartable(partition);
        OptionalLong position = first.isEmpty() ? OptionalLong.empty() : position(partition);
        if (first.isPresent() && position.isPresent()) {
            go(partition, first.get(), position.getAsLong());
        }
    }

    /** Empty if the consumer does not know it yet. */
    private OptionalLong position(TopicPartition partition) {
        try {
            return OptionalLong.of(consumer.position(partition, AT_ONCE));
        } catch (TimeoutException notYet) {
            return OptionalLong.empty();
        }
    }

    private void go(TopicPartition partition, long from, long resumeAt) {
        consumer.seek(partition, from);
        long now = nanoTime.getAsLong();
        goneNanos.put(partition, now);
        excursions.put(partition, new Excursion(from, resumeAt, now));
    }

    /** Whether an excursion comes no further, as when no broker has the partition. */
    boolean isStuck(TopicPartition partition) {
        Excursion excursion = excursions.get(partition);
        return excursion != null && nanoTime.getAsLong() - excursion.movedNanos() > LONGEST_STEP.toNanos();
    }

    /**
     * Parked ones over which the consumer has gone without a record: Kafka has deleted all up to the end, and nothing
     * comes that would tell. To be asked before {@link #steer}.
     *
     * @param held partitions whose position has no meaning for now
     */
    List<Coordinates> jumpedOver(Predicate<TopicPartition> held) {
        List<Coordinates> missing = new ArrayList<>();
        for (TopicPartition partition : List.copyOf(excursions.keySet())) {
            if (!held.test(partition)) {
                position(partition)
                        .ifPresent(position -> passed(partition, position, Set.of())
                                .forEach(offset -> missing.add(new Coordinates(partition, offset))));
            }
        }
        return missing;
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
            excursions.put(partition, new Excursion(to, excursion.resumeAt(), nanoTime.getAsLong()));
        }
        return admission.missing(partition, excursion.from(), to, seen);
    }

    void drop(Set<TopicPartition> partitions) {
        excursions.keySet().removeAll(partitions);
        goneNanos.keySet().removeAll(partitions);
    }
}
