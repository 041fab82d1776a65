package io.tenantry.worker.intake.backlog;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.CallbackParts;
import io.tenantry.worker.intake.offsets.LogRange;
import io.tenantry.worker.intake.offsets.PartitionProgress;
import io.tenantry.worker.telemetry.BacklogMeters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The work of this worker's partitions: records that were received and are not settled, and records that wait in Kafka.
 * The sum over all workers counts each record once, since a partition is one worker's. For the poll thread; other
 * threads read the values.
 *
 * <p>The gauge is there while the worker has its place in the group, and Kafka has said where the logs end. Before that
 * the number is not known. A 0 would be wrong, and an autoscaler would stop workers that have work.
 */
public final class OutstandingRequests implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    /** The values are at most as old as this while the poll thread turns. */
    private static final Duration SNAPSHOT_INTERVAL = Duration.ofMillis(200);

    private final Assignment assignment;
    private final BacklogMeters meters;
    private final LongSupplier nanoTime;
    private final LogWatch logs;
    private long nextSnapshotNanos;
    /** Null while the worker has no place in the group. */
    private volatile @Nullable Share share;

    private volatile long last;

    /**
     * What the group has given this worker.
     *
     * @param isEmpty whether that is no partition
     * @param progress does not have the partitions whose committed offset could not be read yet
     */
    private record Share(boolean isEmpty, Map<TopicPartition, PartitionProgress> progress) {}

    /** Shows nothing, and asks nothing, before it is started. */
    public OutstandingRequests(
            KafkaSettings kafka,
            Assignment assignment,
            BacklogMeters meters,
            LongSupplier nanoTime,
            Consumer<Error> fatal) {
        this(() -> new AdminLogOffsets(kafka), INTERVAL, assignment, meters, nanoTime, fatal);
    }

    /**
     * @param connect see {@link LogWatch}
     * @param interval how often Kafka is asked where the logs end
     * @param nanoTime as {@link System#nanoTime}
     */
    OutstandingRequests(
            Supplier<LogOffsets> connect,
            Duration interval,
            Assignment assignment,
            BacklogMeters meters,
            LongSupplier nanoTime,
            Consumer<Error> fatal) {
        this.assignment = assignment;
        this.meters = meters;
        this.nanoTime = nanoTime;
        this.logs = new LogWatch(connect, interval, this::progress, this::show, fatal);
        this.nextSnapshotNanos = nanoTime.getAsLong();
    }

    public void start() {
        logs.start();
    }

    /** At each turn. */
    public void look() {
        if (share != null && nanoTime.getAsLong() - nextSnapshotNanos >= 0) {
            Set<TopicPartition> before = progress().keySet();
            share = takeShare();
            nextSnapshotNanos = nanoTime.getAsLong() + SNAPSHOT_INTERVAL.toNanos();
            if (!before.containsAll(progress().keySet())) {
                // Their committed offsets have been read.
                logs.wake();
            }
        }
    }

    /** Partitions came, or the group said that it has none for this worker. */
    public void arrived() {
        CallbackParts.measure(() -> {
            share = takeShare();
            show();
        });
        logs.wake();
    }

    /** Partitions went away. With the last one the worker has no place in the group until it gets a new one. */
    public void left() {
        CallbackParts.measure(() -> {
            share = assignment.isEmpty() ? null : takeShare();
            show();
        });
    }

    private Share takeShare() {
        return new Share(assignment.isEmpty(), assignment.progress());
    }

    private Map<TopicPartition, PartitionProgress> progress() {
        Share now = share;
        return now == null ? Map.of() : now.progress();
    }

    /** How many there are. */
    private double total() {
        Share now = share;
        if (now != null) {
            Map<TopicPartition, LogRange> ranges = logs.known();
            long sum = 0;
            for (Map.Entry<TopicPartition, PartitionProgress> next :
                    now.progress().entrySet()) {
                LogRange range = ranges.get(next.getKey());
                sum += next.getValue().open()
                        + (range == null ? 0 : next.getValue().unread(range));
            }
            last = sum;
        }
        return last;
    }

    private void show() {
        meters.show(this::view);
    }

    /** Empty if nothing is known. */
    private Optional<BacklogMeters.View> view() {
        Share now = share;
        if (now == null) {
            return Optional.empty();
        }
        Map<TopicPartition, LogRange> ranges = logs.known();
        List<BacklogMeters.Row> rows = now.progress().keySet().stream()
                .filter(ranges::containsKey)
                .map(this::row)
                .toList();
        return rows.isEmpty() && !now.isEmpty()
                ? Optional.empty()
                : Optional.of(new BacklogMeters.View(this::total, rows));
    }

    private BacklogMeters.Row row(TopicPartition partition) {
        return new BacklogMeters.Row(
                partition.topic(),
                partition.partition(),
                () -> value(partition, PartitionProgress::unread, 0),
                () -> value(partition, PartitionProgress::nextOffset, Double.NaN));
    }

    private interface Value {
        long of(PartitionProgress progress, LogRange log);
    }

    private double value(TopicPartition partition, Value value, double otherwise) {
        PartitionProgress mine = progress().get(partition);
        LogRange range = logs.known().get(partition);
        return mine == null || range == null ? otherwise : value.of(mine, range);
    }

    @Override
    public void close() {
        logs.close();
        meters.close();
    }
}
