package io.tenantry.worker.intake.backlog;

import io.tenantry.worker.intake.offsets.LogRange;
import io.tenantry.worker.intake.offsets.PartitionProgress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Knows where the logs of this worker's partitions end. Asks Kafka at an interval, on a thread of its own: the consumer
 * knows it only for partitions that it fetches, and a paused one is not fetched. While Kafka does not answer, the last
 * answers stay.
 */
final class LogWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private final Supplier<LogOffsets> connect;
    private final Duration interval;
    private final Supplier<Map<TopicPartition, PartitionProgress>> progress;
    private final Runnable looked;
    private final Consumer<Error> fatal;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "log-ends");
    private volatile Map<TopicPartition, LogRange> known = Map.of();

    /**
     * @param connect called by the thread, until it succeeds once
     * @param progress the partitions to ask for; called by the thread
     * @param looked called by the thread after each time
     * @param fatal told of an error after which the process must not go on
     */
    LogWatch(
            Supplier<LogOffsets> connect,
            Duration interval,
            Supplier<Map<TopicPartition, PartitionProgress>> progress,
            Runnable looked,
            Consumer<Error> fatal) {
        this.connect = connect;
        this.interval = interval;
        this.progress = progress;
        this.looked = looked;
        this.fatal = fatal;
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Asks now, and not only when the interval is over. Returns at once. */
    void wake() {
        woken.release();
    }

    /** The last answers. Read from any thread. */
    Map<TopicPartition, LogRange> known() {
        return known;
    }

    private void run() {
        try (LogOffsets offsets = connected()) {
            while (true) {
                tryLook(offsets);
                pause();
            }
        } catch (InterruptedException stop) {
            LOG.debug("the ends of the logs are not asked for any more", stop);
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        }
    }

    /** Connecting fails, for example, while no name of a broker can be resolved, or while the key store is replaced. */
    private LogOffsets connected() throws InterruptedException {
        boolean logged = false;
        while (true) {
            try {
                return connect.get();
            } catch (KafkaException failure) {
                LOG.atLevel(logged ? Level.DEBUG : Level.WARN)
                        .setCause(failure)
                        .log(
                                "the client that asks where the logs end cannot be created; the metric"
                                        + " tenantry_outstanding_requests is absent, and it is tried again every {} s",
                                interval.toSeconds());
                logged = true;
            }
            pause();
        }
    }

    private void pause() throws InterruptedException {
        boolean unused = woken.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
        woken.drainPermits();
    }

    private void tryLook(LogOffsets offsets) throws InterruptedException {
        try {
            look(offsets);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error(
                    "a bug: where the logs end could not be asked; the metric tenantry_outstanding_requests keeps its last"
                            + " value, and it is tried again in {} s",
                    interval.toSeconds(),
                    bug);
        }
    }

    /** Asks once. */
    void look(LogOffsets offsets) throws InterruptedException {
        Map<TopicPartition, PartitionProgress> wanted = progress.get();
        Map<TopicPartition, Long> ends = offsets.ends(wanted.keySet());
        Set<TopicPartition> behind = wanted.entrySet().stream()
                .filter(next -> isBehind(next.getValue(), ends.getOrDefault(next.getKey(), 0L)))
                .map(Map.Entry::getKey)
                .filter(ends::containsKey)
                .collect(Collectors.toSet());
        Map<TopicPartition, Long> starts = offsets.starts(behind);
        Map<TopicPartition, LogRange> now = new HashMap<>(known);
        ends.forEach((partition, end) -> {
            Long start = behind.contains(partition) ? starts.get(partition) : Long.valueOf(0);
            if (start != null) {
                now.put(partition, new LogRange(start, end));
            }
        });
        now.keySet().retainAll(wanted.keySet());
        known = Map.copyOf(now);
        looked.run();
    }

    private static boolean isBehind(PartitionProgress progress, long end) {
        return progress.position() == null || progress.position() < end;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
