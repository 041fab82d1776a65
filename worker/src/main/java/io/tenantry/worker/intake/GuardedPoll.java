package io.tenantry.worker.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls so that one partition that cannot be read (a corrupt batch, for example) does not stop the others. The consumer
 * then throws the same exception at every poll, and its type does not name the partition. So all partitions are paused;
 * if a poll succeeds without them, they are resumed one by one. The partition whose poll fails stays paused, and is
 * tried again later. For the poll thread alone; other threads read the count.
 */
final class GuardedPoll {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedPoll.class);
    /**
     * Where a partition is put while it is held. The consumer looks into what it has fetched even for paused partitions,
     * unless that is not what comes next.
     */
    private static final long AWAY = Long.MAX_VALUE - 1;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    /** A partition from which nothing comes for so long is not the one. */
    private static final Duration LONGEST_TRIAL = Duration.ofSeconds(2);

    /** Where partitions are read from, which is not where the consumer is after a poll that failed. */
    interface Positions {
        /** Whether the partition may be read at all now. */
        boolean isKnown(TopicPartition partition);

        /** The next offset to be read; null if nothing was read or committed before. */
        @Nullable Long next(TopicPartition partition);

        /** The consumer's position has no meaning for now. */
        void held(TopicPartition partition);
    }

    private record Fault(long retryNanos, Duration pause) {}

    /**
     * The trial of one partition.
     *
     * @param begun false until one poll has thrown away what was fetched before
     */
    private record Trial(TopicPartition partition, boolean begun, long endNanos) {}

    private final Consumer<byte[], byte[]> consumer;
    private final Positions positions;
    private final java.util.function.Consumer<KafkaException> told;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Fault> faulty = new LinkedHashMap<>();
    private final Deque<TopicPartition> suspects = new ArrayDeque<>();
    private @Nullable Trial trial;
    /** Whose cause is looked for. */
    private @Nullable RuntimeException unexplained;

    private boolean withoutAny;
    private volatile int count;

    /**
     * @param told each failure of Kafka's client, whatever its cause is found to be: it may have lost its group by the way
     * @param nanoTime as {@link System#nanoTime}
     */
    GuardedPoll(
            Consumer<byte[], byte[]> consumer,
            Positions positions,
            java.util.function.Consumer<KafkaException> told,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.positions = positions;
        this.told = told;
        this.nanoTime = nanoTime;
    }

    /** Whether the partition must not be read, nor its position be used. */
    boolean holds(TopicPartition partition) {
        Trial current = trial;
        if (current != null && current.partition().equals(partition)) {
            return !current.begun();
        }
        return suspects.contains(partition) || faulty.containsKey(partition);
    }

    /** Whether the partition is to be paused. */
    boolean pauses(TopicPartition partition) {
        Trial current = trial;
        return (current == null || !current.partition().equals(partition)) && holds(partition);
    }

    /** Whether the last failure is not explained yet. */
    boolean isLooking() {
        return unexplained != null;
    }

    /** How many partitions cannot be read. */
    int unreadable() {
        return count;
    }

    /** Before partitions are paused and resumed for the next poll. */
    void steer() {
        if (trial != null || withoutAny) {
            return;
        }
        TopicPartition next = suspects.poll();
        if (next == null) {
            long now = nanoTime.getAsLong();
            next = faulty.entrySet().stream()
                    .filter(fault -> now - fault.getValue().retryNanos() >= 0)
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
        }
        if (next != null) {
            trial = new Trial(next, false, 0);
        }
    }

    /**
     * What came; empty while the cause of a failure is looked for.
     *
     * @throws RuntimeException if the poll failed, and no partition is the cause
     */
    ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(atMost);
        } catch (InterruptException stop) {
            throw stop;
        } catch (RuntimeException failure) {
            if (failure instanceof KafkaException kafka) {
                told.accept(kafka);
            }
            failed(failure);
            return ConsumerRecords.empty();
        }
        withoutAny = false;
        goOn(records);
        return records;
    }

    /** A failure that no partition has caused, of a poll that is over by now; null if there is none. */
    @Nullable RuntimeException takeUnexplained() {
        RuntimeException failure = unexplained;
        if (failure == null || withoutAny || trial != null || !suspects.isEmpty()) {
            return null;
        }
        unexplained = null;
        return failure;
    }

    private void failed(RuntimeException failure) {
        Trial current = trial;
        if (current != null) {
            trial = null;
            unexplained = null;
            if (!(failure instanceof KafkaException)) {
                // The consumer may have gone past records of others that it did not hand over.
                for (TopicPartition other : candidates()) {
                    positions.held(other);
                    goBack(other);
                }
            }
            blame(current.partition(), failure);
            releaseAll();
            return;
        }
        Set<TopicPartition> candidates = candidates();
        if (withoutAny || candidates.isEmpty()) {
            withoutAny = false;
            unexplained = null;
            releaseAll();
            throw failure;
        }
        LOG.debug("a poll failed; it is looked for the partition that is the cause", failure);
        unexplained = failure;
        withoutAny = true;
        candidates.forEach(this::hold);
        suspects.addAll(namedFirst(candidates, message(failure)));
    }

    private Set<TopicPartition> candidates() {
        Set<TopicPartition> candidates = new LinkedHashSet<>(consumer.assignment());
        candidates.removeIf(partition -> faulty.containsKey(partition) || !positions.isKnown(partition));
        return candidates;
    }

    /** Only the order of the trials: what a message says proves nothing. */
    private static List<TopicPartition> namedFirst(Set<TopicPartition> candidates, String message) {
        List<TopicPartition> order = new ArrayList<>();
        for (TopicPartition candidate : candidates) {
            boolean named = Pattern.compile("(?<![\\w.-])" + Pattern.quote(candidate.toString()) + "(?!\\w)")
                    .matcher(message)
                    .find();
            order.add(named ? 0 : order.size(), candidate);
        }
        return order;
    }

    private void goOn(ConsumerRecords<byte[], byte[]> records) {
        Trial current = trial;
        if (current == null) {
            return;
        }
        TopicPartition partition = current.partition();
        if (!current.begun()) {
            trial = new Trial(partition, true, nanoTime.getAsLong() + LONGEST_TRIAL.toNanos());
            goBack(partition);
        } else if (records.nextOffsets().containsKey(partition)
                || consumer.currentLag(partition).orElse(1) == 0
                || nanoTime.getAsLong() - current.endNanos() >= 0) {
            trial = null;
            if (faulty.remove(partition) != null) {
                count = faulty.size();
                LOG.info("{} can be read again", partition);
            }
        }
    }

    private void hold(TopicPartition partition) {
        positions.held(partition);
        consumer.pause(Set.of(partition));
        consumer.seek(partition, AWAY);
    }

    private void goBack(TopicPartition partition) {
        Long next = positions.next(partition);
        if (next == null) {
            consumer.seekToBeginning(Set.of(partition));
        } else {
            consumer.seek(partition, next);
        }
    }

    private void releaseAll() {
        suspects.forEach(this::goBack);
        suspects.clear();
    }

    private void blame(TopicPartition partition, RuntimeException failure) {
        Fault before = faulty.get(partition);
        Duration pause = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        Long next = positions.next(partition);
        hold(partition);
        faulty.put(partition, new Fault(nanoTime.getAsLong() + pause.toNanos(), pause));
        count = faulty.size();
        LOG.warn(
                "{} cannot be read from offset {} on ({}); its requests wait, the other partitions go on, and it is tried"
                        + " again in {} s; if the records there are lost, delete those before the first readable offset"
                        + " with kafka-delete-records",
                partition,
                next == null ? "the first" : next,
                message(failure),
                pause.toSeconds());
    }

    /** What each cause says, once. */
    private static String message(Throwable failure) {
        List<String> said = new ArrayList<>();
        for (Throwable cause = failure; cause != null && said.size() < 4; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && said.stream().noneMatch(earlier -> earlier.contains(message))) {
                said.add(message);
            }
        }
        return said.isEmpty() ? failure.getClass().getSimpleName() : String.join(": ", said);
    }

    /** The partitions went away. */
    void drop(Set<TopicPartition> partitions) {
        suspects.removeAll(partitions);
        faulty.keySet().removeAll(partitions);
        count = faulty.size();
        Trial current = trial;
        if (current != null && partitions.contains(current.partition())) {
            trial = null;
        }
    }
}
