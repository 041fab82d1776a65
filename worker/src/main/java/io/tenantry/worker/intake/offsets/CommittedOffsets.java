package io.tenantry.worker.intake.offsets;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed offsets. Kafka does not answer while a transaction of a killed worker is open, up to the transaction's
 * timeout. For the poll thread alone.
 */
final class CommittedOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedOffsets.class);
    /** Short, since it holds up the poll thread, and in a callback the whole group. */
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    /** Partitions whose committed offset could not be read yet; none of their records is taken before. */
    private final Set<TopicPartition> unread = new HashSet<>();

    private long nextRead = System.nanoTime();
    private boolean waits;

    CommittedOffsets(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** The partitions came; {@link #readUnread} reads them. */
    void arrived(Collection<TopicPartition> partitions) {
        unread.addAll(partitions);
        nextRead = System.nanoTime();
    }

    /** The partitions went away. */
    void left(Collection<TopicPartition> partitions) {
        unread.removeAll(partitions);
    }

    boolean isUnread(TopicPartition partition) {
        return unread.contains(partition);
    }

    /** The partitions that are not read yet; a copy. */
    Set<TopicPartition> unread() {
        return Set.copyOf(unread);
    }

    /** The offsets of the partitions that came; empty if Kafka did not answer, and is asked again later. */
    Optional<Committed> readUnread() {
        if (unread.isEmpty() || System.nanoTime() - nextRead < 0) {
            return Optional.empty();
        }
        try {
            Committed committed = read(unread);
            unread.clear();
            waits = false;
            return Optional.of(committed);
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException away) {
            if (!waits) {
                LOG.warn(
                        "the committed offsets of {} cannot be read yet ({}); these partitions are not consumed until then",
                        unread,
                        away.getMessage());
            }
            waits = true;
            nextRead = System.nanoTime() + TIMEOUT.toNanos();
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
}
