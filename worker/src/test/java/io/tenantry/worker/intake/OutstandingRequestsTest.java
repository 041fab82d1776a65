package io.tenantry.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ManualClock;
import io.tenantry.worker.telemetry.Meters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the gauge to scale by shows. */
class OutstandingRequestsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final TopicPartition ONE = new TopicPartition("tenant.created", 0);
    private static final TopicPartition OTHER = new TopicPartition("tenant.created", 1);

    private final ManualClock clock = new ManualClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final FakeLogs logs = new FakeLogs();
    private final Meters meters = new Meters(registry);
    private final Assignment assignment =
            new Assignment(consumer, new Told(), new OpenRequests(meters.intake(), clock::nanoTime));
    private final OutstandingRequests outstanding = new OutstandingRequests(
            () -> logs, Duration.ofMillis(5), assignment, meters.backlog(), clock::nanoTime, error -> {
                throw error;
            });

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
        assertThat(assignment.changedOffsets().values())
                .singleElement()
                .extracting(OffsetAndMetadata::offset)
                .isEqualTo(0L);
    }

    /** They are read again, and nothing is to be done about them. */
    @Test
    void whatAnEarlierOwnerHasSettledBesideASlowOneIsNotOutstanding() {
        OffsetTracker before = OffsetTracker.startingAt(0);
        for (int offset = 0; offset < 5001; offset++) {
            before.receive(offset);
        }
        for (int offset = 1; offset < 5001; offset++) {
            before.settle(offset);
        }
        logs.end(ONE, 5003);
        committed(ONE, 0, before.toCommit().metadata());

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

        assignment.passOver(ONE, 40);
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
    }

    /** Logs that begin at 0 unless the test says otherwise. */
    private static final class FakeLogs implements LogOffsets {
        final Map<TopicPartition, Long> starts = new ConcurrentHashMap<>();
        private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile boolean answers = true;
        volatile boolean closed;

        FakeLogs end(TopicPartition partition, long end) {
            starts.put(partition, 0L);
            ends.put(partition, end);
            return this;
        }

        void answering(boolean now) {
            answers = now;
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
