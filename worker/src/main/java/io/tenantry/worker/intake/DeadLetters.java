package io.tenantry.worker.intake;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.telemetry.LogFields;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers records with a dead letter, and logs each. For the poll thread alone.
 *
 * @param answer takes them
 */
record DeadLetters(BiConsumer<Settled, ConsumerRecord<byte[], byte[]>> answer) {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    /** The record holds no event of its topic. */
    void invalid(ConsumerRecord<byte[], byte[]> received, InvalidEventException invalid) {
        Coordinates coordinates = Coordinates.of(received);
        try (var unused = ReceivedFields.of(received).open()) {
            LOG.warn(
                    "{} offset {} becomes a dead letter: {}",
                    coordinates.partition(),
                    received.offset(),
                    invalid.getMessage());
        }
        answer.accept(
                new Settled.Dead(coordinates, ErrorCode.INVALID_EVENT, String.valueOf(invalid.getMessage())), received);
    }

    /** The same record would meet the same bug again: another attempt would only hold up the partition. */
    void ofBug(ConsumerRecord<byte[], byte[]> received, LogFields fields, Throwable bug) {
        Coordinates coordinates = Coordinates.of(received);
        try (var unused = fields.open()) {
            LOG.error("a bug: {} offset {} becomes a dead letter", coordinates.partition(), received.offset(), bug);
        }
        answer.accept(Settled.Dead.ofBug(coordinates, "this record could not be taken in"), received);
    }

    /**
     * Kafka has deleted the record of a parked request.
     *
     * @param key of the record
     * @param ofRollout its identity, if it may be a rollout's; null otherwise
     */
    void deletedByKafka(Coordinates coordinates, String key, @Nullable RequestRef ofRollout) {
        TopicPartition partition = coordinates.partition();
        try (var unused = LogFields.of(partition.topic(), partition.partition(), coordinates.offset())
                .and(LogFields.TENANT, key)
                .open()) {
            LOG.warn(
                    "{} offset {}, for {}, was deleted by Kafka before there was room for it; it becomes a dead letter",
                    partition,
                    coordinates.offset(),
                    key);
        }
        ConsumerRecord<byte[], byte[]> known =
                new ConsumerRecord<>(partition.topic(), partition.partition(), coordinates.offset(), bytes(key), null);
        if (ofRollout != null) {
            known.headers().add("ce_id", bytes(ofRollout.id())).add("ce_source", bytes(ofRollout.source()));
        }
        answer.accept(
                new Settled.Dead(
                        coordinates,
                        ErrorCode.INTERNAL,
                        "Kafka deleted this record before the worker had room for it; nothing was done: publish the"
                                + " request again, and let the topic keep its records for longer"),
                known);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
