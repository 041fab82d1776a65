package io.tenantry.worker.operator.deadletters;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.deadletters.DeadLetterState.Fate;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again: with their key, value and headers as received, to the topic and partition that they came
 * from. A dead letter is reported as sent when all replicas have it. It stays in its topic; one more header of the
 * new record names it. For one thread.
 */
public final class Replay implements AutoCloseable {
    private final DeadLetters letters;
    private final KafkaSettings settings;
    private final boolean dry;
    private final Producer<byte[], byte[]> producer;

    /** @param dry whether nothing is sent */
    public Replay(DeadLetters letters, KafkaClients kafka, boolean dry) throws InvalidSettingsException {
        this.letters = letters;
        this.settings = kafka.settings();
        this.dry = dry;
        this.producer = kafka.producer();
    }

    /**
     * Sends one dead letter again, and waits until Kafka has it. If Kafka refuses this one, it may take the next one, unless
     * Kafka is away.
     */
    public Replayed send(DeadLetterState state) {
        DeadLetterRecord letter = state.letter();
        Optional<String> why = whyNot(state);
        @Nullable Place origin = letter.origin();
        if (why.isPresent() || origin == null) {
            return Replayed.skipped(letter.place(), why.orElse("its headers do not say where it came from"));
        }
        if (dry) {
            return Replayed.sent(letter.place(), new Place(origin.topic(), origin.partition(), -1));
        }
        try {
            return Replayed.sent(letter.place(), again(letter, origin));
        } catch (OperationFailedException refused) {
            return Replayed.refused(letter.place(), String.valueOf(refused.getMessage()), isAway(refused.getCause()));
        }
    }

    private Place again(DeadLetterRecord letter, Place origin) throws OperationFailedException {
        ConsumerRecord<byte[], byte[]> record = letters.record(letter);
        RecordHeaders headers = DeadLetterHeaders.original(record.headers());
        headers.add(DeadLetterHeaders.REPLAY_OF, letter.place().toString().getBytes(StandardCharsets.UTF_8));
        // No timestamp: with the old one the topic's retention could delete the record at once.
        RecordMetadata metadata = acknowledged(
                letter,
                new ProducerRecord<>(origin.topic(), partition(origin), null, record.key(), record.value(), headers));
        return new Place(metadata.topic(), metadata.partition(), metadata.offset());
    }

    /** No answer in time; or this command shall end. */
    private static boolean isAway(@Nullable Throwable cause) {
        return cause instanceof TimeoutException
                || cause instanceof InterruptedException
                || cause instanceof RetriableException;
    }

    private Optional<String> whyNot(DeadLetterState state) {
        DeadLetterRecord letter = state.letter();
        if (state.fate() == Fate.ANSWERED) {
            return Optional.of("its request was answered since; a worker would not run it again");
        }
        if (state.fate() == Fate.DEAD_AGAIN) {
            return Optional.of(
                    "it was sent again and became the dead letter " + state.deadAgain() + "; replay that one");
        }
        if (!letter.replayable()) {
            return Optional.of(
                    "its value was not kept, since the record was too large; its producer must send it again");
        }
        boolean ours = letter.origin() != null
                && DeadLetterReader.topics().stream()
                        .anyMatch(topic -> topic.name(settings.topicPrefix())
                                        .equals(letter.origin().topic())
                                && topic.deadLetterName(settings.topicPrefix())
                                        .equals(letter.place().topic()));
        return ours
                ? Optional.empty()
                : Optional.of("its header " + DeadLetter.TOPIC + " does not name the topic of these dead letters");
    }

    /** The partition that it came from; null, which means by its key, if the topic has fewer now. */
    private @Nullable Integer partition(Place origin) throws OperationFailedException {
        try {
            int partitions = producer.partitionsFor(origin.topic()).size();
            return origin.partition() < partitions ? origin.partition() : null;
        } catch (KafkaException failure) {
            throw KafkaClients.failure(
                    settings,
                    "find topic " + origin.topic() + ": " + failure.getMessage() + "; nothing was sent",
                    failure);
        }
    }

    private RecordMetadata acknowledged(DeadLetterRecord letter, ProducerRecord<byte[], byte[]> record)
            throws OperationFailedException {
        try {
            return producer.send(record).get(2 * KafkaClients.LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw unknown(letter, String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException | KafkaException failure) {
            throw unknown(letter, String.valueOf(failure.getMessage()), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unknown(letter, "interrupted", interrupted);
        }
    }

    private static OperationFailedException unknown(DeadLetterRecord letter, String reason, Throwable cause) {
        return new OperationFailedException(
                "Kafka has not acknowledged the replay of " + letter.place() + ": " + reason
                        + "; it may be there all the same. The dead letter stays: replay it again when Kafka takes records; a"
                        + " request with an id of its own gets one result however often it comes",
                cause);
    }

    @Override
    public void close() {
        producer.close(KafkaClients.LONGEST_CLOSE);
    }
}
