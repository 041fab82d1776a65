package io.tenantry.worker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EventCodec;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.admission.ServerLoad;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.CommittedOffsets;
import io.tenantry.worker.intake.offsets.NoListener;
import io.tenantry.worker.intake.offsets.OpenRequests;
import io.tenantry.worker.intake.poll.GuardedPoll;
import io.tenantry.worker.intake.poll.UnreadablePartitions;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.telemetry.Meters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which partitions are not read for now. */
class BackpressureTest {
    private static final TopicPartition REQUESTS = new TopicPartition("migration.requested", 0);
    private static final TopicPartition VERBS = new TopicPartition("rollout.requested", 0);
    private static final TopicNames TOPICS =
            new TopicNames(new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of()));

    private final Meters meters = new Meters(new SimpleMeterRegistry());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Assignment assignment = new Assignment(
            consumer,
            new NoListener(),
            new OpenRequests(meters.intake(), System::nanoTime),
            new CommittedOffsets(consumer, missing -> {}, System::nanoTime));
    private final ScriptedRollouts rollouts = new ScriptedRollouts();
    private final RolloutIntake rolloutIntake = new RolloutIntake(
            TOPICS,
            new RecordDecoder(TOPICS, new EventCodec()::decode),
            rollouts,
            new DeadLetters((answer, received) -> {}),
            meters.rollouts());
    private boolean unpublished;

    @BeforeEach
    void assign() {
        consumer.assign(List.of(REQUESTS, VERBS));
        assignment.onPartitionsAssigned(List.of(REQUESTS, VERBS));
    }

    @Test
    void aVerbIsReadWhileParkedRequestsFillTheMemory() {
        Backpressure full = backpressure(0);

        full.apply(false);

        assertThat(consumer.paused()).containsExactly(REQUESTS);
        assertThat(full.paused()).isEqualTo(1);
    }

    @Test
    void manyUnansweredVerbsHoldBackFurtherOnesAndNoRequests() {
        Backpressure roomy = backpressure(1000);
        for (int offset = 0; offset < 100; offset++) {
            roomy.apply(false);
            assertThat(consumer.paused()).isEmpty();
            rolloutIntake.receive(new ConsumerRecord<>(
                    VERBS.topic(), 0, offset, "r".getBytes(UTF_8), "{\"rollout\":\"r\"}".getBytes(UTF_8)));
        }

        roomy.apply(false);
        assertThat(consumer.paused()).containsExactly(VERBS);

        rollouts.answer(new Rollouts.Answered(rollouts.received().get(0).ref(), null));
        rolloutIntake.settle();
        roomy.apply(false);
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void largeUnansweredVerbsHoldBackFurtherOnes() {
        Backpressure roomy = backpressure(1000);
        for (int offset = 0; offset < 8; offset++) {
            roomy.apply(false);
            assertThat(consumer.paused()).isEmpty();
            rolloutIntake.receive(large(offset));
        }

        roomy.apply(false);

        assertThat(consumer.paused()).containsExactly(VERBS);
    }

    /** A start of 256 KiB, most of it spaces. */
    private static ConsumerRecord<byte[], byte[]> large(long offset) {
        byte[] data = ("{\"rollout\":\"r\"}" + " ".repeat(200_000)).getBytes(UTF_8);
        return new ConsumerRecord<>(
                VERBS.topic(),
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                1,
                262_144,
                "r".getBytes(UTF_8),
                data,
                new RecordHeaders(),
                Optional.empty());
    }

    @Test
    void nothingIsReadDuringADrainOrWhileMuchIsUnpublished() {
        Backpressure roomy = backpressure(1000);

        roomy.apply(true);
        assertThat(consumer.paused()).containsExactlyInAnyOrder(REQUESTS, VERBS);
        roomy.apply(false);
        assertThat(consumer.paused()).isEmpty();
        unpublished = true;
        roomy.apply(false);
        assertThat(consumer.paused()).containsExactlyInAnyOrder(REQUESTS, VERBS);
    }

    private Backpressure backpressure(long parkedBytes) {
        Admission admission = new Admission(
                request -> Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(10, 10, 1_000_000), parkedBytes, 1_000_000),
                System::nanoTime);
        Rereading rereading = new Rereading(consumer, admission, System::nanoTime);
        GuardedPoll guarded = new GuardedPoll(
                consumer,
                new TrackedPositions(assignment, rereading),
                failure -> {},
                new UnreadablePartitions(any -> {}, System::nanoTime),
                System::nanoTime);
        return new Backpressure(consumer, assignment, admission, rereading, guarded, rolloutIntake, () -> unpublished);
    }
}
