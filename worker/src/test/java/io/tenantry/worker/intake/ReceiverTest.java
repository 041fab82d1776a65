package io.tenantry.worker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.NoListener;
import io.tenantry.worker.intake.offsets.OpenRequests;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.telemetry.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the records of a poll. */
class ReceiverTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topic.TENANT_CREATED.baseName(), 0);
    private static final KafkaSettings KAFKA =
            new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of());

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Assignment assignment = new Assignment(
            consumer,
            new NoListener(),
            new OpenRequests(new Meters(new SimpleMeterRegistry()).intake(), System::nanoTime));
    private final Admission admission =
            new Admission(request -> Set.of("main"), MemoryLimits.of(256 << 20, 1), System::nanoTime);
    private final InFlight inFlight = new InFlight(admission);
    private final List<Coordinates> started = new ArrayList<>();
    private final Receiver receiver = new Receiver(
            consumer,
            assignment,
            admission,
            new Rereading(consumer, admission, System::nanoTime),
            inFlight,
            new RecordHandler(
                    new TopicNames(KAFKA),
                    new EventCodec()::decode,
                    entry -> started.add(Coordinates.of(entry.received())),
                    inFlight,
                    (dead, received) -> {},
                    System::nanoTime));

    @BeforeEach
    void assign() {
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    @Test
    void startsEachRecordAndPassesOverGaps() {
        receiver.receive(polled(9, records(0, 1, 5)));

        assertThat(started).containsExactly(at(0), at(1), at(5));
        assertThat(assignment.next(PARTITION)).isEqualTo(9);
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
        return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of(PARTITION, new OffsetAndMetadata(next)));
    }
}
