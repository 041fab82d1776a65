package io.tenantry.worker.intake.admission;

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
 * Seeks back to parked requests when there is room for them, and then forward to the previous position: an excursion.
 * For the poll thread alone.
 */
public final class Rereading {
    /** So many offsets are read rather than skipped: a seek throws away what was fetched. */
    private static final int SHORT_WAY = 500;
    /** After so long the consumer goes back even for a few requests. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** No room is kept for an excursion that makes no progress for so long. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(10);
    /** A known position is returned at once; an unknown one is looked up by polls, not here. */
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Admission admission;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Excursion> excursions = new HashMap<>();
    /** When the consumer last went back for the parked requests of a partition, or when they were first seen. */
    private final Map<TopicPartition, Long> goneNanos = new HashMap<>();

    /**
     * A way back to parked requests.
     *
     * @param from the position now
     * @param resumeAt the position before; nothing from there on was read yet
     * @param movedNanos when it came to its position
     */
    private record Excursion(long from, long resumeAt, long movedNanos) {}

    /**
     * Rereads nothing yet.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public Rereading(Consumer<byte[], byte[]> consumer, Admission admission, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.admission = admission;
        this.nanoTime = nanoTime;
    }

    /**
     * Before each poll.
     *
     * @param held partitions whose position has no meaning for now
     */
    public void steer(Predicate<TopicPartition> held) {
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

    /** Goes back for many requests, or after a while for a few. */
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

    /** Whether an excursion makes no progress, for example because no broker has the partition. */
    public boolean isStuck(TopicPartition partition) {
        Excursion excursion = excursions.get(partition);
        return excursion != null && nanoTime.getAsLong() - excursion.movedNanos() > LONGEST_STEP.toNanos();
    }

    /**
     * Parked requests that the consumer has passed without a record: Kafka has deleted all records up to the end, so
     * that no poll returns one. To be called before {@link #steer}.
     *
     * @param held partitions whose position has no meaning for now
     */
    public List<Coordinates> jumpedOver(Predicate<TopicPartition> held) {
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

    /** Whether the consumer is reading records again. */
    public boolean isUnderWay(TopicPartition partition) {
        return excursions.containsKey(partition);
    }

    /** Whether a record from there was read before. */
    public boolean covers(TopicPartition partition, long offset) {
        Excursion excursion = excursions.get(partition);
        return excursion != null && offset < excursion.resumeAt();
    }

    /**
     * The consumer has reached this position.
     *
     * @param seen the offsets of the records that it read on the way
     * @return parked requests that were not among them: Kafka has deleted them
     */
    public List<Long> passed(TopicPartition partition, long position, Set<Long> seen) {
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

    public void drop(Set<TopicPartition> partitions) {
        excursions.keySet().removeAll(partitions);
        goneNanos.keySet().removeAll(partitions);
    }
}
