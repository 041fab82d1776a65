package io.tenantry.worker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.admission.ServerLoad;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.CommittedOffsets;
import io.tenantry.worker.intake.offsets.NoListener;
import io.tenantry.worker.intake.offsets.OpenRequests;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.telemetry.Meters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the records of a poll. */
class ReceiverTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topic.TENANT_CREATED.baseName(), 0);
    private static final TopicPartition VERBS = new TopicPartition(Topic.ROLLOUT_REQUESTED.baseName(), 0);
    private static final KafkaSettings KAFKA =
            new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of());

    private static final TopicNames TOPICS = new TopicNames(KAFKA);
    private static final RecordDecoder DECODER = new RecordDecoder(TOPICS, new EventCodec()::decode);

    private final ScriptedRollouts rollouts = new ScriptedRollouts();
    private final List<Settled> answers = new ArrayList<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Assignment assignment = new Assignment(
            consumer,
            new NoListener(),
            new OpenRequests(new Meters(new SimpleMeterRegistry()).intake(), System::nanoTime),
            new CommittedOffsets(consumer, missing -> {}, System::nanoTime));
    private final Admission admission =
            new Admission(request -> Set.of("main"), MemoryLimits.of(256 << 20, 1), System::nanoTime);
    private final InFlight inFlight = new InFlight(admission);
    private final List<Coordinates> started = new ArrayList<>();
    private final RolloutIntake rolloutIntake = new RolloutIntake(
            TOPICS,
            DECODER,
            rollouts,
            new DeadLetters((answer, received) -> answers.add(answer)),
            new Meters(new SimpleMeterRegistry()).rollouts());
    private final Receiver receiver = new Receiver(
            consumer,
            assignment,
            admission,
            new Rereading(consumer, admission, System::nanoTime),
            new RecordHandlers(
                    new RecordHandler(
                            DECODER,
                            entry -> started.add(Coordinates.of(entry.received())),
                            inFlight,
                            new DeadLetters((dead, received) -> {}),
                            System::nanoTime),
                    inFlight,
                    rolloutIntake));

    @BeforeEach
    void assign() {
        consumer.assign(List.of(PARTITION, VERBS));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    @Test
    void startsEachRecordAndPassesOverGaps() {
        receiver.receive(polled(9, records(0, 1, 5)));

        assertThat(started).containsExactly(at(0), at(1), at(5));
        assertThat(assignment.next(PARTITION)).isEqualTo(9);
    }

    /** So that its rollout can be told. */
    @Test
    void theDeadLetterOfAParkedRequestThatKafkaDeletedSaysWhichOneItWasIfItMayBeARollouts() {
        Admission full = new Admission(
                request -> Set.of("main"),
                new MemoryLimits(new ServerLoad.Limits(1, 1, 1_000_000), 10_000, 10_000),
                System::nanoTime);
        InFlight one = new InFlight(full);
        List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
        RecordHandler handler = new RecordHandler(
                DECODER,
                entry -> {},
                one,
                new DeadLetters((dead, received) -> letters.add(received)),
                System::nanoTime);
        Receiver lossy = new Receiver(
                consumer,
                assignment,
                full,
                new Rereading(consumer, full, System::nanoTime),
                new RecordHandlers(handler, one, rolloutIntake));
        handler.receive(migration(0, "globex", null));
        handler.receive(migration(1, "acme", "spring"));
        handler.receive(migration(2, "initech", null));
        assertThat(full.parked()).isEqualTo(2);

        for (long offset = 1; offset <= 2; offset++) {
            lossy.deletedByKafka(new Coordinates(new TopicPartition(Topic.MIGRATION_REQUESTED.baseName(), 0), offset));
        }

        assertThat(full.parked()).isZero();
        assertThat(letters).hasSize(2);
        assertThat(letters.get(0).headers().toArray())
                .extracting(header -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .containsExactly("ce_id=1", "ce_source=/tenantry/group");
        assertThat(letters.get(1).headers().toArray()).isEmpty();
    }

    private static ConsumerRecord<byte[], byte[]> migration(long offset, String tenant, @Nullable String rollout) {
        EncodedEvent event = new EventCodec()
                .encode(new Event<>(
                        Long.toString(offset),
                        "/tenantry/group",
                        EventType.MIGRATION_REQUESTED,
                        Instant.EPOCH,
                        null,
                        new MigrationRequested(tenant, null, List.of(), "latest", rollout, 1)));
        ProducerRecord<byte[], byte[]> sent =
                new EventCodec().toBinaryRecord(event, Topic.MIGRATION_REQUESTED.baseName());
        ConsumerRecord<byte[], byte[]> received =
                new ConsumerRecord<>(sent.topic(), 0, offset, sent.key(), sent.value());
        sent.headers().forEach(received.headers()::add);
        return received;
    }

    @Test
    void aRecordThatIsInProgressIsNotStartedAgain() {
        receiver.receive(polled(2, records(0, 1)));
        receiver.receive(polled(3, records(0, 1, 2)));

        assertThat(started).containsExactly(at(0), at(1), at(2));
    }

    /** Behind a gap so large that the metadata of the commit cannot express it. */
    @Test
    void aRecordWithoutRoomInTheTrackerIsLeftInKafkaAndReadAgainLater() {
        receiver.receive(polled(1, records(0)));

        receiver.receive(polled(30_002, records(30_000, 30_001)));

        assertThat(started).containsExactly(at(0));
        assertThat(consumer.position(PARTITION)).isEqualTo(30_000);
        assertThat(assignment.next(PARTITION))
                .as("the gap counts, up to the limit")
                .isEqualTo(20_000);
        assertThat(assignment.isFull(PARTITION)).isTrue();

        assignment.settle(at(0));
        receiver.receive(polled(30_002, records(30_000, 30_001)));

        assertThat(started).containsExactly(at(0), at(30_000), at(30_001));
        assertThat(assignment.next(PARTITION)).isEqualTo(30_002);
    }

    @Test
    void aVerbIsGivenToTheRolloutsOnceAndSettledWhenItIsAnswered() {
        ConsumerRecord<byte[], byte[]> pause = verb(3, "{\"rollout\":\"r\",\"action\":\"pause\"}");
        receiver.receive(polled(VERBS, 4, List.of(pause)));
        receiver.receive(polled(VERBS, 4, List.of(pause)));

        assertThat(rollouts.received()).singleElement().satisfies(verb -> {
            assertThat(verb.data().action()).isEqualTo(RolloutAction.PAUSE);
            assertThat(verb.ref().offset()).isEqualTo(3);
        });
        assertThat(answers).isEmpty();
        assertThat(inFlight.size()).as("requests of tenants").isZero();
        assertThat(rolloutIntake.isActive()).isTrue();

        rollouts.answer(new Rollouts.Answered(rollouts.received().get(0).ref(), null));
        rolloutIntake.settle();

        assertThat(answers).containsExactly(new Settled.Silent(new Coordinates(VERBS, 3)));
        assertThat(rolloutIntake.isActive()).isFalse();
        rollouts.answer(new Rollouts.Answered(rollouts.received().get(0).ref(), null));
        rolloutIntake.settle();
        assertThat(answers).hasSize(1);
    }

    @Test
    void aVerbThatCannotBeExecutedIsADeadLetter() {
        receiver.receive(polled(VERBS, 4, List.of(verb(3, "{\"rollout\":\"r\"}"))));

        rollouts.answer(new Rollouts.Answered(rollouts.received().get(0).ref(), "the reason"));
        rolloutIntake.settle();

        assertThat(answers)
                .containsExactly(new Settled.Dead(new Coordinates(VERBS, 3), ErrorCode.INTERNAL, "the reason"));
    }

    @Test
    void aRecordOfARolloutThatIsNoVerbOrMeetsABugIsADeadLetter() {
        receiver.receive(polled(
                VERBS,
                4,
                List.of(verb(2, "{\"rollout\":\"r\",\"action\":\"forget\"}"), verb(3, "{\"rollout\":\"bug\"}"))));

        assertThat(answers)
                .extracting(answer -> ((Settled.Dead) answer).code())
                .containsExactly(ErrorCode.INVALID_EVENT, ErrorCode.INTERNAL);
        assertThat(rolloutIntake.isActive()).isFalse();
    }

    @Test
    void aVerbIsDroppedWithItsPartitionAndTakenAgainWhenThatComesBack() {
        ConsumerRecord<byte[], byte[]> start = verb(3, "{\"rollout\":\"r\"}");
        rolloutIntake.known(Map.of(VERBS, OptionalLong.of(9), PARTITION, OptionalLong.empty()));
        assertThat(rollouts.partitions()).isEqualTo(Map.of(0, OptionalLong.of(9)));
        receiver.receive(polled(VERBS, 4, List.of(start)));

        rolloutIntake.left(Set.of(PARTITION));
        assertThat(rolloutIntake.isActive()).isTrue();
        rolloutIntake.left(Set.of(VERBS));

        assertThat(rollouts.partitions()).isEmpty();
        assertThat(rolloutIntake.isActive()).isFalse();
        rollouts.answer(new Rollouts.Answered(rollouts.received().get(0).ref(), null));
        rolloutIntake.settle();
        assertThat(answers).isEmpty();
        receiver.receive(polled(VERBS, 4, List.of(start)));
        assertThat(rollouts.received()).hasSize(2);
    }

    private static ConsumerRecord<byte[], byte[]> verb(long offset, String data) {
        return new ConsumerRecord<>(VERBS.topic(), VERBS.partition(), offset, key(data), data.getBytes(UTF_8));
    }

    private static byte[] key(String data) {
        return (data.contains("bug") ? "bug" : "r").getBytes(UTF_8);
    }

    private static ConsumerRecords<byte[], byte[]> polled(
            TopicPartition partition, long next, List<ConsumerRecord<byte[], byte[]>> records) {
        return new ConsumerRecords<>(Map.of(partition, records), Map.of(partition, new OffsetAndMetadata(next)));
    }

    private static Coordinates at(long offset) {
        return new Coordinates(PARTITION, offset);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(long... offsets) {
        return LongStream.of(offsets)
                .mapToObj(offset -> new ConsumerRecord<>(
                        PARTITION.topic(),
                        PARTITION.partition(),
                        offset,
                        ("t" + offset).getBytes(UTF_8),
                        ("{\"tenant\":\"t" + offset + "\"}").getBytes(UTF_8)))
                .toList();
    }

    private static ConsumerRecords<byte[], byte[]> polled(long next, List<ConsumerRecord<byte[], byte[]>> records) {
        return polled(PARTITION, next, records);
    }
}
