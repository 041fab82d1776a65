package io.tenantry.worker.intake.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.CommittedOffsets;
import io.tenantry.worker.intake.offsets.OffsetTracker;
import io.tenantry.worker.intake.offsets.OpenRequests;
import io.tenantry.worker.intake.offsets.RefusingConsumer;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ManualClock;
import io.tenantry.worker.telemetry.BacklogMeters;
import io.tenantry.worker.telemetry.Meters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the gauge to scale by shows. */
class OutstandingRequestsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** Longer than a test takes. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final TopicPartition ONE = new TopicPartition("tenant.created", 0);
    private static final TopicPartition OTHER = new TopicPartition("tenant.created", 1);

    private final ManualClock clock = new ManualClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RefusingConsumer consumer = new RefusingConsumer();
    private final FakeLogs logs = new FakeLogs();
    private final Meters meters = new Meters(registry);
    private BacklogMeters backlog = meters.backlog();
    private final Assignment assignment = new Assignment(
            consumer,
            new Told(),
            new OpenRequests(meters.intake(), clock::nanoTime),
            new CommittedOffsets(consumer, missing -> {}, System::nanoTime));
    private OutstandingRequests outstanding = outstanding(() -> logs, Duration.ofMillis(5));

    @BeforeEach
    void start() {
        consumer.assign(List.of(ONE, OTHER));
        outstanding.start();
    }

    @AfterEach
    void close() {
        outstanding.close();
    }

    @Test
    void isNotThereBeforeTheWorkerHasItsPlaceAndKafkaHasAnswered() {
        logs.end(ONE, 7).answering(false);
        logs.awaitLook();
        assertThat(total()).as("without a place in the group").isNull();

        assignment.onPartitionsAssigned(List.of(ONE));
        logs.awaitLook();
        assertThat(total()).as("without an answer").isNull();

        logs.answering(true);
        awaitTotal(7);
    }

    @Test
    void isZeroForAMemberWithoutPartitions() {
        assignment.onPartitionsAssigned(List.of());

        awaitTotal(0);
    }

    @Test
    void isNotThereWhileNoCommittedOffsetCanBeRead() {
        assignment.onPartitionsAssigned(List.of());
        assertThat(total()).isZero();
        logs.end(ONE, 7);
        consumer.refuse(new TimeoutException("a transaction is open"));

        assignment.onPartitionsAssigned(List.of(ONE));
        assertThat(total()).isNull();
        logs.awaitLook();
        turn();
        logs.awaitLook();

        assertThat(total()).isNull();
    }

    @Test
    void asksForAPartitionWhenItsCommittedOffsetHasBeenRead() {
        replace(() -> logs, NEVER);
        logs.end(ONE, 7);
        consumer.refuse(new TimeoutException("a transaction is open"));
        assignment.onPartitionsAssigned(List.of(ONE));

        consumer.refuse(null);
        Await.until(DEADLINE, "the committed offset is read", assignment::readCommitted);
        turn();

        awaitTotal(7);
    }

    /** No name of a broker can be resolved, for example. */
    @Test
    void connectsAgainIfThatHasFailed() {
        AtomicInteger calls = new AtomicInteger();
        replace(
                () -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new KafkaException("no resolvable bootstrap urls");
                    }
                    return logs;
                },
                Duration.ofMillis(5));
        logs.end(ONE, 7);

        assignment.onPartitionsAssigned(List.of(ONE));

        awaitTotal(7);
        assertThat(calls).hasValue(2);
    }

    @Test
    void countsWhatIsOpenAndWhatWaitsInKafka() {
        logs.end(ONE, 130);
        committed(ONE, 100, "");
        assignment.onPartitionsAssigned(List.of(ONE));
        awaitTotal(30);

        receive(100, 110);
        settle(102, 106);
        turn();

        awaitTotal(6 + 20);
        assertThat(value("tenantry.unread.records", ONE)).isEqualTo(20);
        assertThat(value("tenantry.position", ONE)).isEqualTo(110);
    }

    @Test
    void aSlowOneHoldsBackTheCommittedOffsetAndNotTheGauge() {
        logs.end(ONE, 5001);
        committed(ONE, 0, "");
        assignment.onPartitionsAssigned(List.of(ONE));
        receive(0, 5001);
        settle(1, 5001);
        turn();

        awaitTotal(1);
        assertThat(assignment.offsets(Set.of()).values())
                .singleElement()
                .extracting(OffsetAndMetadata::offset)
                .isEqualTo(0L);
    }

    /** They are read again, and nothing is to be done about them. */
    @Test
    void whatAnEarlierOwnerHasSettledBesideASlowOneIsNotOutstanding() {
        logs.end(ONE, 5003);
        committed(ONE, 0, allButTheFirst(5001));

        assignment.onPartitionsAssigned(List.of(ONE));
        awaitTotal(3);
        receive(0, 2);
        turn();

        awaitTotal(3);
    }

    @Test
    void returnsToZeroAfterOffsetsThatNobodyGets() {
        logs.end(ONE, 40);
        committed(ONE, 0, "");
        assignment.onPartitionsAssigned(List.of(ONE));
        awaitTotal(40);

        assignment.skipTo(ONE, 40);
        turn();

        awaitTotal(0);
    }

    @Test
    void whatKafkaHasDeletedIsNotOutstanding() {
        logs.end(ONE, 900).end(OTHER, 50);
        logs.starts.put(ONE, 880L);
        logs.starts.put(OTHER, 45L);
        committed(ONE, 100, "");
        assignment.onPartitionsAssigned(List.of(ONE, OTHER));

        awaitTotal(20 + 5);
        assertThat(value("tenantry.position", ONE)).isEqualTo(880);
        assertThat(value("tenantry.position", OTHER))
                .as("nothing was read before")
                .isEqualTo(45);
    }

    @Test
    void whatKafkaHasDeletedIsNotCountedAsSettled() {
        logs.end(ONE, 110);
        logs.starts.put(ONE, 80L);
        committed(ONE, 0, allButTheFirst(100));
        assignment.onPartitionsAssigned(List.of(ONE));

        awaitTotal(10);
    }

    @Test
    void aTopicThatWasCreatedAgainHasNothingLessThanZero() {
        logs.end(ONE, 3);
        committed(ONE, 100, "");
        assignment.onPartitionsAssigned(List.of(ONE));

        awaitTotal(0);
    }

    @Test
    void partitionsThatWentAwayAreNotShownFromThenOn() {
        logs.end(ONE, 10).end(OTHER, 20);
        assignment.onPartitionsAssigned(List.of(ONE, OTHER));
        awaitTotal(30);
        logs.answering(false);

        assignment.onPartitionsRevoked(List.of(ONE));
        assertThat(gauge("tenantry.unread.records", ONE)).isNull();
        assertThat(gauge("tenantry.position", ONE)).isNull();
        assertThat(value("tenantry.unread.records", OTHER)).isEqualTo(20);
        assertThat(total()).isEqualTo(20);

        assignment.onPartitionsLost(List.of(OTHER));
        assertThat(gauge("tenantry.unread.records", OTHER)).isNull();
        assertThat(total()).as("without a place in the group").isNull();
    }

    @Test
    void anAnswerForAPartitionThatWentAwayMeanwhileIsNotShown() {
        replace(() -> logs, NEVER);
        logs.end(ONE, 10).end(OTHER, 20);
        assignment.onPartitionsAssigned(List.of(ONE, OTHER));
        awaitTotal(30);

        BacklogMeters held = backlog;
        synchronized (held) {
            assignment.onPartitionsAssigned(List.of());
            logs.awaitState(Thread.State.BLOCKED);
            assignment.onPartitionsRevoked(List.of(ONE));
        }
        logs.awaitState(Thread.State.TIMED_WAITING);

        assertThat(gauge("tenantry.unread.records", ONE)).isNull();
        assertThat(total()).isEqualTo(20);
    }

    @Test
    void aMetricThatCannotBeChangedEndsNothing() {
        replace(() -> logs, NEVER);
        registry.config().onMeterAdded(meter -> {
            throw new IllegalStateException("refused by the test");
        });

        assignment.onPartitionsAssigned(List.of());

        assertThat(assignment.takeThrown()).isNull();
    }

    @Test
    void keepsTheLastAnswersWhileKafkaIsAway() {
        logs.end(ONE, 10).end(OTHER, 20);
        assignment.onPartitionsAssigned(List.of(ONE, OTHER));
        awaitTotal(30);

        logs.answering(false);
        logs.awaitLook();
        receive(0, 4);
        turn();

        assertThat(total()).isEqualTo(30);
        assertThat(value("tenantry.unread.records", ONE)).isEqualTo(6);
    }

    /** A partition without a leader, for example. */
    @Test
    void aPartitionWithoutAnAnswerHidesNoOther() {
        logs.end(ONE, 10);
        assignment.onPartitionsAssigned(List.of(ONE, OTHER));

        awaitTotal(10);
        assertThat(gauge("tenantry.unread.records", OTHER)).isNull();
    }

    @Test
    void showsNothingAfterItsEnd() {
        logs.end(ONE, 10);
        assignment.onPartitionsAssigned(List.of(ONE));
        awaitTotal(10);

        outstanding.close();
        assignment.onPartitionsRevoked(List.of(ONE));
        assignment.onPartitionsAssigned(List.of(ONE));

        assertThat(total()).isNull();
        assertThat(gauge("tenantry.unread.records", ONE)).isNull();
        assertThat(logs.closed).isTrue();
    }

    private OutstandingRequests outstanding(Supplier<LogOffsets> connect, Duration interval) {
        return new OutstandingRequests(connect, interval, assignment, backlog, clock::nanoTime, error -> {
            throw error;
        });
    }

    /** Begins again, before any partition is assigned. */
    private void replace(Supplier<LogOffsets> connect, Duration interval) {
        outstanding.close();
        backlog = meters.backlog();
        outstanding = outstanding(connect, interval);
        outstanding.start();
    }

    /** The metadata of an earlier owner's commit: of so many records the first one is open, and the others are settled. */
    private static String allButTheFirst(int records) {
        OffsetTracker tracker = OffsetTracker.startingAt(0);
        for (int offset = 0; offset < records; offset++) {
            tracker.receive(offset);
        }
        for (int offset = 1; offset < records; offset++) {
            tracker.settle(offset);
        }
        return tracker.toCommit().metadata();
    }

    private void committed(TopicPartition partition, long offset, String metadata) {
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset, metadata)));
    }

    private void receive(long from, long to) {
        for (long offset = from; offset < to; offset++) {
            boolean unused = assignment.receive(new Coordinates(ONE, offset));
        }
    }

    private void settle(long from, long to) {
        for (long offset = from; offset < to; offset++) {
            assignment.settle(new Coordinates(ONE, offset));
        }
    }

    private void turn() {
        clock.advance(Duration.ofSeconds(1));
        outstanding.look();
    }

    private void awaitTotal(double expected) {
        Await.until(DEADLINE, "the gauge shows " + expected, () -> Objects.equals(total(), expected));
    }

    private @Nullable Double total() {
        Gauge gauge = registry.find("tenantry.outstanding.requests").gauge();
        return gauge == null ? null : gauge.value();
    }

    private double value(String name, TopicPartition partition) {
        return Objects.requireNonNull(gauge(name, partition), name + " of " + partition)
                .value();
    }

    private @Nullable Gauge gauge(String name, TopicPartition partition) {
        return registry.find(name)
                .tags("topic", partition.topic(), "partition", Integer.toString(partition.partition()))
                .gauge();
    }

    private final class Told implements Assignment.Listener {
        @Override
        public void leaving() {}

        @Override
        public void left(Set<TopicPartition> partitions) {
            outstanding.left();
        }

        @Override
        public void arrived(Set<TopicPartition> partitions) {
            outstanding.arrived();
        }

        @Override
        public void known(Map<TopicPartition, OptionalLong> eventPositions) {}
    }

    /** Logs that begin at 0 unless the test says otherwise. */
    private static final class FakeLogs implements LogOffsets {
        final Map<TopicPartition, Long> starts = new ConcurrentHashMap<>();
        private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile boolean answers = true;
        private volatile @Nullable Thread asking;
        volatile boolean closed;

        FakeLogs end(TopicPartition partition, long end) {
            starts.put(partition, 0L);
            ends.put(partition, end);
            return this;
        }

        void answering(boolean now) {
            answers = now;
        }

        /** The thread that asks is in this state. */
        void awaitState(Thread.State state) {
            Await.until(DEADLINE, "the thread is " + state, () -> {
                Thread thread = asking;
                return thread != null && thread.getState() == state;
            });
        }

        /** The thread has asked, since this was called. */
        void awaitLook() {
            int before = looks.get();
            Await.until(DEADLINE, "it has asked", () -> looks.get() > before + 1);
        }

        @Override
        public Map<TopicPartition, Long> starts(Set<TopicPartition> partitions) {
            return answer(starts, partitions);
        }

        @Override
        public Map<TopicPartition, Long> ends(Set<TopicPartition> partitions) {
            asking = Thread.currentThread();
            looks.incrementAndGet();
            return answer(ends, partitions);
        }

        private Map<TopicPartition, Long> answer(Map<TopicPartition, Long> offsets, Set<TopicPartition> partitions) {
            Map<TopicPartition, Long> answer = new HashMap<>(answers ? offsets : Map.of());
            answer.keySet().retainAll(partitions);
            return answer;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
