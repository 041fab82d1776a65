package io.tenantry.worker.intake;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.settle.Coordinates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of a poll. A new record is tracked and handled. A parked record that was read again is handled
 * again. A record without room in the offset tracker is left in Kafka, and its partition is read again from there. For
 * the poll thread alone.
 */
final class Receiver {
    private final Consumer<byte[], byte[]> consumer;
    private final Assignment assignment;
    private final Admission admission;
    private final Rereading rereading;
    private final InFlight inFlight;
    private final RolloutIntake rollouts;
    private final RecordHandler handler;

    Receiver(
            Consumer<byte[], byte[]> consumer,
            Assignment assignment,
            Admission admission,
            Rereading rereading,
            RecordHandlers handlers) {
        this.consumer = consumer;
        this.assignment = assignment;
        this.admission = admission;
        this.rereading = rereading;
        this.inFlight = handlers.inFlight();
        this.handler = handlers.requests();
        this.rollouts = handlers.rollouts();
    }

    void receive(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>(records.nextOffsets());
        for (TopicPartition partition : records.partitions()) {
            if (!receive(partition, records.records(partition))) {
                positions.remove(partition);
            }
        }
        records.nextOffsets()
                .forEach((partition, next) -> findDeleted(partition, next.offset(), records.records(partition)));
        positions.forEach((partition, next) -> assignment.skipTo(partition, next.offset()));
    }

    /** False if the tracker of the partition had no room for all. */
    private boolean receive(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> received : records) {
            Coordinates coordinates = Coordinates.of(received);
            if (rereading.covers(partition, received.offset())) {
                if (admission.isParked(coordinates)) {
                    handler.receive(received);
                }
            } else if (assignment.hasRoomFor(coordinates)) {
                receive(coordinates, received);
            } else {
                goBack(partition, received.offset());
                return false;
            }
        }
        return true;
    }

    private void receive(Coordinates coordinates, ConsumerRecord<byte[], byte[]> received) {
        if (!assignment.receive(coordinates)) {
            return;
        }
        if (rollouts.has(coordinates.partition())) {
            rollouts.receive(received);
        } else if (!inFlight.has(coordinates) && !admission.isParked(coordinates)) {
            handler.receive(received);
        }
    }

    private void goBack(TopicPartition partition, long offset) {
        try {
            consumer.seek(partition, offset);
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException failure) {
            // The consumer has gone past records that were not received: only a new owner of the partition reads them.
            throw new IllegalStateException(partition + " cannot be read again from " + offset, failure);
        }
    }

    /** Parked requests that were to be read again, and that Kafka has deleted. */
    private void findDeleted(TopicPartition partition, long position, List<ConsumerRecord<byte[], byte[]>> records) {
        if (!rereading.isUnderWay(partition)) {
            return;
        }
        Set<Long> seen = records.stream().map(ConsumerRecord::offset).collect(Collectors.toSet());
        for (long offset : rereading.passed(partition, position, seen)) {
            deletedByKafka(new Coordinates(partition, offset));
        }
    }

    /** A parked request whose record Kafka has deleted becomes a dead letter: nothing else can become of it. */
    void deletedByKafka(Coordinates coordinates) {
        @Nullable RequestRef ofRollout = admission.rolloutRequest(coordinates);
        String key = admission.forget(coordinates);
        if (key != null) {
            handler.deletedByKafka(coordinates, key, ofRollout);
        }
    }
}
