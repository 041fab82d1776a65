package io.tenantry.worker.intake.offsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What goes wrong in a callback of the consumer. The client has changed the assignment by then and does not call again,
 * so nothing that the callback is for may be left out.
 */
class AssignmentTest {
    private static final TopicPartition PARTITION = new TopicPartition("tenant.created", 0);
    private static final List<TopicPartition> PARTITIONS = List.of(PARTITION);

    private final RefusingConsumer consumer = new RefusingConsumer();
    private final List<String> told = new ArrayList<>();
    private final Map<TopicPartition, OptionalLong> known = new HashMap<>();
    private @Nullable RuntimeException whileLeaving;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Assignment assignment = new Assignment(
            consumer,
            new Told(),
            new OpenRequests(new Meters(registry).intake(), System::nanoTime),
            new CommittedOffsets(consumer, missing -> {}, System::nanoTime));

    @BeforeEach
    void assign() {
        consumer.assign(PARTITIONS);
    }

    @Test
    void theWorkerHasItsPlaceAlthoughItsOffsetsCannotBeRead() {
        consumer.refuse(new GroupAuthorizationException("not allowed yet"));

        assignment.onPartitionsAssigned(PARTITIONS);

        assertThat(told).containsExactly("arrived");
        assertThat(consumer.paused()).containsExactly(PARTITION);
        assertThat(assignment.isUnread(PARTITION)).isTrue();
        assertThat(assignment.readCommitted()).as("before the pause is over").isFalse();

        consumer.refuse(null);
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7)));
        awaitCommitted();
        assertThat(assignment.next(PARTITION)).isEqualTo(7);
    }

    @Test
    void partitionsAreDroppedAlthoughTheirResultsCannotBeCommitted() {
        assignment.onPartitionsAssigned(PARTITIONS);
        whileLeaving = new GroupAuthorizationException("not allowed any more");

        assignment.onPartitionsRevoked(PARTITIONS);

        assertThat(told).containsExactly("arrived", "left");
        assertThat(assignment.isEmpty()).isTrue();
    }

    /** An expelled client does not call back when it is closed. */
    @Test
    void partitionsThatTheClientDoesNotTakeBackGoWithItsEnd() {
        assignment.onPartitionsAssigned(PARTITIONS);

        assignment.close();

        assertThat(told).containsExactly("arrived", "left");
        assertThat(assignment.isEmpty()).isTrue();
    }

    @Test
    void theEndTellsNothingTwice() {
        assignment.onPartitionsAssigned(PARTITIONS);
        assignment.onPartitionsRevoked(PARTITIONS);

        assignment.close();

        assertThat(told).containsExactly("arrived", "left");
    }

    @Test
    void whatWentWrongIsToldOnceAfterThePoll() {
        assignment.onPartitionsAssigned(PARTITIONS);
        whileLeaving = new IllegalArgumentException("a bug");
        assertThat(assignment.takeThrown()).isNull();

        assignment.onPartitionsRevoked(PARTITIONS);

        assertThat(assignment.takeThrown()).isSameAs(whileLeaving);
        assertThat(assignment.takeThrown()).isNull();
    }

    @Test
    void aMetricThatCannotBeChangedEndsNothing() {
        registry.config()
                .onMeterAdded(meter -> {
                    throw new IllegalStateException("refused by the test");
                })
                .onMeterRemoved(meter -> {
                    throw new IllegalStateException("refused by the test");
                });

        assignment.onPartitionsAssigned(PARTITIONS);
        assignment.onPartitionsRevoked(PARTITIONS);

        assertThat(told).containsExactly("arrived", "left");
        assertThat(assignment.takeThrown()).isNull();
    }

    @Test
    void anInterruptEndsThePoll() {
        assignment.onPartitionsAssigned(PARTITIONS);
        whileLeaving = new InterruptException("stop");
        boolean unused = Thread.interrupted();

        assertThatThrownBy(() -> assignment.onPartitionsRevoked(PARTITIONS)).isSameAs(whileLeaving);
    }

    @Test
    void thePositionOfTheLastPublishedEventIsToldWhenTheOffsetIsRead() {
        consumer.refuse(new GroupAuthorizationException("not allowed yet"));
        assignment.onPartitionsAssigned(PARTITIONS);
        assertThat(known).isEmpty();
        assertThat(assignment.isReady(PARTITION)).isFalse();

        consumer.refuse(null);
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7, "2:41:")));
        awaitCommitted();
        assertThat(known).isEqualTo(Map.of(PARTITION, OptionalLong.of(41)));
        assertThat(assignment.isReady(PARTITION)).isTrue();

        assignment.onPartitionsLost(PARTITIONS);
        assertThat(assignment.isReady(PARTITION)).isFalse();
    }

    @Test
    void aPositionIsCommittedWhereNothingElseIs() {
        assignment.onPartitionsAssigned(PARTITIONS);
        assertThat(known).isEqualTo(Map.of(PARTITION, OptionalLong.empty()));
        assertThat(assignment.offsets(Set.of())).isEmpty();

        assignment.eventPublished(PARTITION, 3);

        assertThat(assignment.offsets(Set.of())).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(0, "2:3:")));
        assertThat(assignment.receive(new Coordinates(PARTITION, 5)))
                .as("the first record of the log is taken")
                .isTrue();
        assertThat(assignment.offsets(Set.of())).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(5, "2:3:")));
    }

    @Test
    void anOffsetIsCommittedAlthoughItHasNotChanged() {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7, "2:41:")));
        assignment.onPartitionsAssigned(PARTITIONS);

        assertThat(assignment.offsets(Set.of())).isEmpty();
        assertThat(assignment.offsets(Set.of(PARTITION)))
                .isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(7, "2:41:")));
    }

    @Test
    void aTopicThatWasCreatedAgainKeepsThePositionOfItsEvents() {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7, "2:41:")));
        assignment.onPartitionsAssigned(PARTITIONS);

        assertThat(assignment.receive(new Coordinates(PARTITION, 2))).isTrue();
        assignment.settle(new Coordinates(PARTITION, 2));

        assertThat(assignment.offsets(Set.of())).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(3, "2:41:")));
    }

    /** A poll may end before a record that an earlier owner has settled; then the watermark passes that record unread. */
    @Test
    void aRecordThatAnEarlierOwnerSettledIsReadAfterTheWatermarkHasPassedIt() {
        consumer.commitSync(Map.of(PARTITION, committed(216, 217, 228)));
        assignment.onPartitionsAssigned(PARTITIONS);
        assertThat(assignment.receive(new Coordinates(PARTITION, 216))).isTrue();
        assignment.skipTo(PARTITION, 217);
        assignment.settle(new Coordinates(PARTITION, 216));
        assertThat(assignment.offsets(Set.of())).isEqualTo(Map.of(PARTITION, committed(218, 228)));

        assertThat(assignment.receive(new Coordinates(PARTITION, 217))).isFalse();

        assertThat(assignment.receive(new Coordinates(PARTITION, 218)))
                .as("the first record that nobody has settled")
                .isTrue();
        assertThat(assignment.receive(new Coordinates(PARTITION, 228)))
                .as("a record that the earlier owner has answered")
                .isFalse();
    }

    @Test
    void knowsWhatACommitInDoubtHasPublished() {
        assignment.onPartitionsAssigned(PARTITIONS);
        assertThat(assignment.committed(Set.of(PARTITION)).isPublished(PARTITION, 0))
                .isFalse();

        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7, "2:41:")));

        Committed committed = assignment.committed(Set.of(PARTITION));
        assertThat(committed.isPublished(PARTITION, 41)).isTrue();
        assertThat(committed.isPublished(PARTITION, 42)).isFalse();
        assertThat(committed.isSettled(new Coordinates(PARTITION, 6))).isTrue();
        assertThat(committed.isSettled(new Coordinates(PARTITION, 7))).isFalse();
    }

    /** What is committed by a worker that settled all below the watermark and these beyond it. */
    private static OffsetAndMetadata committed(long watermark, long... settledBeyond) {
        OffsetTracker tracker = OffsetTracker.startingAt(watermark);
        for (long offset : settledBeyond) {
            tracker.settle(offset);
        }
        return tracker.toCommit();
    }

    private void awaitCommitted() {
        Await.until(Duration.ofSeconds(10), "the committed offsets are read", assignment::readCommitted);
    }

    private final class Told implements Assignment.Listener {
        @Override
        public void leaving() {
            if (whileLeaving != null) {
                throw whileLeaving;
            }
        }

        @Override
        public void left(Set<TopicPartition> partitions) {
            told.add("left");
        }

        @Override
        public void arrived(Set<TopicPartition> partitions) {
            told.add("arrived");
        }

        @Override
        public void known(Map<TopicPartition, OptionalLong> eventPositions) {
            known.putAll(eventPositions);
        }
    }
}
