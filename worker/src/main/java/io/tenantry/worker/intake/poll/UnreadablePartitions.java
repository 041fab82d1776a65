package io.tenantry.worker.intake.poll;

import io.tenantry.worker.timing.GrowingInterval;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that cannot be read, and when each is tried again, at a growing interval. For the poll thread alone;
 * other threads read how many there are.
 */
public final class UnreadablePartitions {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadablePartitions.class);
    private static final GrowingInterval FIRST_PAUSE =
            new GrowingInterval(Duration.ofSeconds(5), Duration.ofMinutes(5));

    private record Fault(long retryNanos, GrowingInterval pause) {}

    private final Consumer<Boolean> any;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Fault> faults = new LinkedHashMap<>();
    private volatile int size;

    /**
     * There are none yet.
     *
     * @param any told whether there is any, whenever that may have changed
     * @param nanoTime as {@link System#nanoTime}
     */
    public UnreadablePartitions(Consumer<Boolean> any, LongSupplier nanoTime) {
        this.any = any;
        this.nanoTime = nanoTime;
    }

    public boolean has(TopicPartition partition) {
        return faults.containsKey(partition);
    }

    /** A partition whose pause is over; empty if there is none. */
    Optional<TopicPartition> due() {
        long now = nanoTime.getAsLong();
        return faults.entrySet().stream()
                .filter(fault -> now - fault.getValue().retryNanos() >= 0)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * The partition could not be read, for the first time or again.
     *
     * @param next the offset that was to be read; null if nothing was read or committed before
     */
    public void add(TopicPartition partition, @Nullable Long next, PollFailure failure) {
        Fault before = faults.get(partition);
        GrowingInterval pause = before == null ? FIRST_PAUSE : before.pause().next();
        faults.put(partition, new Fault(nanoTime.getAsLong() + pause.current().toNanos(), pause));
        changed();
        LOG.warn(
                "{} cannot be read from offset {} on ({}); its requests wait, the other partitions go on, and it is tried"
                        + " again in {} s; if the records there are lost, delete those before the first readable offset"
                        + " with kafka-delete-records",
                partition,
                next == null ? "the first" : next,
                failure.message(),
                pause.current().toSeconds());
    }

    /** The partition was read. */
    public void remove(TopicPartition partition) {
        if (faults.remove(partition) != null) {
            changed();
            LOG.info("{} can be read again", partition);
        }
    }

    /** The partitions went away. */
    public void drop(Set<TopicPartition> partitions) {
        faults.keySet().removeAll(partitions);
        changed();
    }

    private void changed() {
        size = faults.size();
        any.accept(size > 0);
    }

    /** How many there are. Read from any thread. */
    public int size() {
        return size;
    }
}
