package io.tenantry.worker.intake.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.EventType;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.ScriptedRollouts;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.CommittedOffsets;
import io.tenantry.worker.intake.offsets.NoListener;
import io.tenantry.worker.intake.offsets.OpenRequests;
import io.tenantry.worker.rollout.Outgoing;
import io.tenantry.worker.telemetry.Meters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a rollout publishes goes with the offset of its partition, and stays until it is in Kafka. */
class RolloutBatchTest {
    private static final TopicPartition FIRST = new TopicPartition("rollout.requested", 0);
    private static final TopicPartition SECOND = new TopicPartition("rollout.requested", 1);
    private static final Outgoing.StateChange STARTED = event(0, 7);
    private static final Outgoing.StateChange COMPLETED = event(0, 8);
    private static final Outgoing.Attempt ATTEMPT = attempt(1, "acme");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Meters meters = new Meters(registry);
    private final ScriptedRollouts rollouts = new ScriptedRollouts();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Assignment assignment = new Assignment(
            consumer,
            new NoListener(),
            new OpenRequests(meters.intake(), System::nanoTime),
            new CommittedOffsets(consumer, missing -> {}, System::nanoTime));
    private final RolloutBatch batch = new RolloutBatch(
            rollouts,
            new TopicNames(new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of())),
            meters.rollouts());

    @BeforeEach
    void assign() {
        consumer.assign(List.of(FIRST, SECOND));
        consumer.commitSync(Map.of(SECOND, new OffsetAndMetadata(5)));
        assignment.onPartitionsAssigned(List.of(FIRST, SECOND));
    }

    @Test
    void eachGoesToItsTopicWithTheOffsetOfItsPartition() {
        rollouts.publish(List.of(STARTED, ATTEMPT, COMPLETED));
        assertThat(batch.isEmpty()).isFalse();

        batch.fill(assignment);

        assertThat(batch.records())
                .extracting(ProducerRecord::topic)
                .containsExactly("rollout.results", "migration.requested", "rollout.results");
        assertThat(batch.records())
                .extracting(next -> new String(next.key(), UTF_8))
                .containsExactly("r", "acme", "r");
        assertThat(batch.records()).extracting(ProducerRecord::partition).containsOnlyNulls();
        assertThat(assignment.offsets(batch.partitions()))
                .isEqualTo(Map.of(
                        FIRST, new OffsetAndMetadata(0, "2:8:"),
                        SECOND, new OffsetAndMetadata(5, "")));
    }

    @Test
    void staysUntilItIsInKafka() {
        rollouts.publish(List.of(STARTED, ATTEMPT));
        batch.fill(assignment);
        rollouts.publish(List.of(COMPLETED));
        batch.fill(assignment);

        assertThat(batch.records()).hasSize(2);
        assertThat(rollouts.published()).isEmpty();

        batch.published();
        assertThat(rollouts.published()).containsExactly(STARTED, ATTEMPT);
        assertThat(batch.records()).isEmpty();
        assertThat(batch.isEmpty()).as("one more waits").isFalse();
        assertThat(count("tenantry.rollout.events", "type", "rollout-started")).isEqualTo(1);
        assertThat(count("tenantry.rollout.attempts")).isEqualTo(1);

        batch.fill(assignment);
        batch.published();
        assertThat(rollouts.published()).containsExactly(STARTED, ATTEMPT, COMPLETED);
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void afterADoubtOnlyEventsThatTheCommittedPositionDoesNotCoverArePublishedAgain() {
        rollouts.publish(List.of(STARTED, attempt(0, "globex"), COMPLETED));
        batch.fill(assignment);
        consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(0, "2:7:")));

        batch.removePublished(assignment.committed(batch.partitions()));

        assertThat(rollouts.published()).containsExactly(STARTED);
        assertThat(batch.records())
                .extracting(ProducerRecord::topic)
                .containsExactly("migration.requested", "rollout.results");
        batch.published();
        assertThat(rollouts.published()).containsExactly(STARTED, attempt(0, "globex"), COMPLETED);
    }

    @Test
    void afterADoubtNothingIsDroppedWhereNothingIsCommitted() {
        rollouts.publish(List.of(STARTED));
        batch.fill(assignment);

        batch.removePublished(assignment.committed(batch.partitions()));

        assertThat(rollouts.published()).isEmpty();
        assertThat(batch.records()).hasSize(1);
    }

    @Test
    void isDroppedWithItsPartition() {
        rollouts.publish(List.of(STARTED, ATTEMPT));
        batch.fill(assignment);

        batch.drop(Set.of(FIRST));

        assertThat(batch.records()).extracting(ProducerRecord::topic).containsExactly("migration.requested");
        assertThat(batch.partitions()).containsExactly(SECOND);
        batch.published();
        assertThat(rollouts.published()).containsExactly(ATTEMPT);
    }

    @Test
    void nothingOfAPartitionThatIsNotHereIsPublished() {
        assignment.onPartitionsLost(List.of(FIRST));
        rollouts.publish(List.of(STARTED, ATTEMPT));

        batch.fill(assignment);

        assertThat(batch.records()).extracting(ProducerRecord::topic).containsExactly("migration.requested");
        assertThat(assignment.offsets(batch.partitions())).containsOnlyKeys(SECOND);
    }

    @Test
    void whatIsTooLargeIsRefusedAndTheRestGoesOn() {
        rollouts.publish(List.of(STARTED, ATTEMPT, COMPLETED));
        batch.fill(assignment);

        batch.shrink(next -> next.topic().equals("migration.requested"));

        assertThat(rollouts.refused()).containsExactly(ATTEMPT);
        assertThat(batch.records()).extracting(ProducerRecord::topic).containsOnly("rollout.results");
        batch.shrink(next -> true);
        assertThat(rollouts.refused()).containsExactly(ATTEMPT, STARTED, COMPLETED);
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void whatCannotBeARecordIsRefusedAndTheRestGoesOn() {
        Outgoing.StateChange wrong = new Outgoing.StateChange(
                0,
                6,
                new EncodedEvent("1", "no URI at all", EventType.ROLLOUT_STARTED.type(), null, null, "r", new byte[0]));
        rollouts.publish(List.of(wrong, STARTED));

        batch.fill(assignment);

        assertThat(rollouts.refused()).containsExactly(wrong);
        assertThat(batch.records()).hasSize(1);
    }

    @Test
    void aBacklogOfRequestsIsPublishedInSeveralTransactions() {
        rollouts.publish(
                IntStream.range(0, 500).mapToObj(i -> attempt(1, "t" + i)).toList());

        for (int expected : List.of(200, 200, 100)) {
            batch.fill(assignment);
            assertThat(batch.records()).hasSize(expected);
            batch.published();
        }
        assertThat(batch.isEmpty()).isTrue();
        assertThat(count("tenantry.rollout.attempts")).isEqualTo(500);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private static Outgoing.StateChange event(int partition, long position) {
        return new Outgoing.StateChange(partition, position, encoded(EventType.ROLLOUT_STARTED, "r", "" + position));
    }

    private static Outgoing.Attempt attempt(int partition, String tenant) {
        return new Outgoing.Attempt(partition, encoded(EventType.MIGRATION_REQUESTED, tenant, tenant));
    }

    private static EncodedEvent encoded(EventType type, String key, String id) {
        return new EncodedEvent(id, "/tenantry", type.type(), null, null, key, "{}".getBytes(UTF_8));
    }
}
