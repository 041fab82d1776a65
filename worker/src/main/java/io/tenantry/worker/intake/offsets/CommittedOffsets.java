package io.tenantry.worker.intake.offsets;

import io.tenantry.worker.timing.GrowingInterval;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed offsets. Until the offset of a partition that came is read, no record of it is taken. Kafka
 * does not answer while a transaction with such an offset is open: up to the transaction's timeout after its worker was
 * killed, and without end if the transaction hangs. For the poll thread alone; other threads read how many are missing.
 */
public final class CommittedOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedOffsets.class);
    /** Short, since it holds up the poll thread, and in a callback the whole group. */
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    /** The poll thread has the time between. */
    private static final GrowingInterval FIRST_PAUSE = new GrowingInterval(TIMEOUT, Duration.ofSeconds(2));

    private static final GrowingInterval FIRST_LOG_INTERVAL =
            new GrowingInterval(Duration.ofSeconds(5), Duration.ofMinutes(5));

    private final Consumer<byte[], byte[]> consumer;
    private final java.util.function.Consumer<Boolean> missing;
    private final LongSupplier nanoTime;
    private final Set<TopicPartition> unread = new HashSet<>();
    private long nextNanos;
    private GrowingInterval pause = FIRST_PAUSE;
    /** Whether the last attempt failed; the three fields below mean nothing otherwise. */
    private boolean failing;

    private long sinceNanos;
    private long nextLogNanos;
    private GrowingInterval logInterval = FIRST_LOG_INTERVAL;
    private volatile int size;

    /**
     * @param missing told true when offsets cannot be read, and false when none is missing any more
     * @param nanoTime as {@link System#nanoTime}
     */
    public CommittedOffsets(
            Consumer<byte[], byte[]> consumer, java.util.function.Consumer<Boolean> missing, LongSupplier nanoTime) {
        this.consumer = consumer;
        this.missing = missing;
        this.nanoTime = nanoTime;
        this.nextNanos = nanoTime.getAsLong();
    }

    /** The partitions came; their offsets are to be read at once. */
    void arrived(Collection<TopicPartition> partitions) {
        unread.addAll(partitions);
        nextNanos = nanoTime.getAsLong();
        pause = FIRST_PAUSE;
    }

    /** The partitions went away. */
    void left(Collection<TopicPartition> partitions) {
        unread.removeAll(partitions);
        if (failing) {
            changed();
        }
    }

    boolean isUnread(TopicPartition partition) {
        return unread.contains(partition);
    }

    /** The partitions that are not read yet; a copy. */
    Set<TopicPartition> unread() {
        return Set.copyOf(unread);
    }

    /** How many partitions' offsets could not be read. Read from any thread. */
    public int size() {
        return size;
    }

    /** The offsets of the partitions that came; empty if Kafka did not answer, and is asked again later. */
    Optional<Committed> readUnread() {
        if (unread.isEmpty() || nanoTime.getAsLong() - nextNanos < 0) {
            return Optional.empty();
        }
        try {
            Committed committed = read(unread);
            unread.clear();
            changed();
            return Optional.of(committed);
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException away) {
            failed(away);
            return Optional.empty();
        }
    }

    /**
     * What is committed now.
     *
     * @throws TimeoutException if Kafka does not answer
     */
    Committed read(Set<TopicPartition> partitions) {
        return Committed.of(partitions, consumer.committed(Set.copyOf(partitions), TIMEOUT));
    }

    private void failed(KafkaException failure) {
        long now = nanoTime.getAsLong();
        if (!failing) {
            failing = true;
            sinceNanos = now;
            nextLogNanos = now;
            logInterval = FIRST_LOG_INTERVAL;
        }
        changed();
        if (now - nextLogNanos >= 0) {
            LOG.warn(
                    "the committed offsets of {} cannot be read since {} s ({}); these partitions are not consumed, and it"
                            + " is tried again; if this lasts longer than transaction.timeout.ms, a transaction hangs:"
                            + " kafka-transactions.sh finds and aborts it; next message in {} s",
                    unread,
                    Duration.ofNanos(now - sinceNanos).toSeconds(),
                    failure.getMessage(),
                    logInterval.current().toSeconds());
            nextLogNanos = now + logInterval.current().toNanos();
            logInterval = logInterval.next();
        }
        nextNanos = now + pause.current().toNanos();
        pause = pause.next();
    }

    private void changed() {
        size = unread.size();
        if (failing && unread.isEmpty()) {
            failing = false;
            LOG.info(
                    "the committed offsets of all partitions of this worker are read, after {} s",
                    Duration.ofNanos(nanoTime.getAsLong() - sinceNanos).toSeconds());
        }
        missing.accept(failing);
    }
}
