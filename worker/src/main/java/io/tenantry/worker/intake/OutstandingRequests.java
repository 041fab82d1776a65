package io.tenantry.worker.intake;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.telemetry.BacklogMeters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The work of this worker's partitions: records that were received and are not settled, and records that wait in Kafka.
 * The sum over all workers counts each record once, since a partition is one worker's. For the poll thread; other
 * threads read the values.
 *
 * <p>The gauge is there while the worker has its place in the group, and Kafka has said where the logs end. Without
 * that, 0 would be a lie, and it would stop workers that have work.
 */
final class OutstandingRequests implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    /** The values are at most as old as this while the poll thread turns. */
    private static final Duration SNAPSHOT_INTERVAL = Duration.ofMillis(200);

    private final Assignment assignment;
    private final BacklogMeters meters;
    private final LongSupplier nanoTime;
    private final LogWatch logs;
    private long nextSnapshotNanos;
    /** Null while the worker has no place in the group. */
    private volatile @Nullable Map<TopicPartition, PartitionProgress> progress;

    private volatile long last;

    OutstandingRequests(
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
            java.util.function.Supplier<LogOffsets> connect,
            Duration interval,
            Assignment assignment,
            BacklogMeters meters,
            LongSupplier nanoTime,
            Consumer<Error> fatal) {
        this.assignment = assignment;
        this.meters = meters;
        this.nanoTime = nanoTime;
        this.logs = new LogWatch(
                connect, interval, () -> Objects.requireNonNullElse(progress, Map.of()), this::show, fatal);
        this.nextSnapshotNanos = nanoTime.getAsLong();
    }

    void start() {
        logs.start();
    }

    /** At each turn. */
    void look() {
        if (progress != null && nanoTime.getAsLong() - nextSnapshotNanos >= 0) {
            progress = assignment.progress();
            nextSnapshotNanos = nanoTime.getAsLong() + SNAPSHOT_INTERVAL.toNanos();
        }
    }

    /** Partitions came, or the group said that it has none for this worker. */
    void arrived() {
        progress = assignment.progress();
        logs.wake();
    }

    /** Partitions went away. With the last one the worker has no place in the group until it gets a new one. */
    void left() {
        progress = assignment.isEmpty() ? null : assignment.progress();
        show();
    }

    /** How many there are. */
    private double total() {
        Map<TopicPartition, PartitionProgress> now = progress;
        if (now != null) {
            Map<TopicPartition, LogRange> ranges = logs.known();
            long sum = 0;
            for (Map.Entry<TopicPartition, PartitionProgress> next : now.entrySet()) {
                LogRange range = ranges.get(next.getKey());
                sum += next.getValue().open()
                        + (range == null ? 0 : next.getValue().unread(range));
            }
            last = sum;
        }
        return last;
    }

    private void show() {
        Map<TopicPartition, PartitionProgress> now = progress;
        Map<TopicPartition, LogRange> ranges = logs.known();
        List<TopicPartition> shown = now == null
                ? List.of()
                : now.keySet().stream().filter(ranges::containsKey).toList();
        if (now == null || (shown.isEmpty() && !now.isEmpty())) {
            meters.hide();
        } else {
            meters.show(this::total, shown.stream().map(this::row).toList());
        }
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
        Map<TopicPartition, PartitionProgress> now = progress;
        PartitionProgress mine = now == null ? null : now.get(partition);
        LogRange range = logs.known().get(partition);
        return mine == null || range == null ? otherwise : value.of(mine, range);
    }

    @Override
    public void close() {
        logs.close();
        meters.close();
    }
}
