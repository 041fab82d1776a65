package io.tenantry.worker.operator.rollout;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to one request: an event of {@code rollout.results} that names the request, or the request's dead
 * letter. It reads from where both topics end when it is made, so it must be made before the request is published.
 */
final class VerbAnswerReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final KafkaSettings kafka;
    private final RolloutRequestRef request;
    private final EventCodec codec = new EventCodec();

    private VerbAnswerReader(Consumer<byte[], byte[]> consumer, KafkaSettings kafka, RolloutRequestRef request) {
        this.consumer = consumer;
        this.kafka = kafka;
        this.request = request;
    }

    /** Waits for Kafka, up to the time limit of its clients. */
    static VerbAnswerReader atTheEnd(KafkaClients clients, RolloutRequestRef request)
            throws InvalidSettingsException, OperationFailedException {
        VerbAnswerReader reader = new VerbAnswerReader(clients.consumer(), clients.settings(), request);
        boolean ready = false;
        try {
            reader.seekToTheEnds();
            ready = true;
            return reader;
        } catch (KafkaException failure) {
            throw KafkaClients.failure(
                    clients.settings(),
                    "read " + reader.results() + ": " + failure.getMessage() + "; nothing was sent",
                    failure);
        } finally {
            if (!ready) {
                reader.close();
            }
        }
    }

    private void seekToTheEnds() throws OperationFailedException {
        List<TopicPartition> partitions = new ArrayList<>(partitions(results()));
        partitions.addAll(partitions(deadLetters()));
        consumer.assign(partitions);
        consumer.endOffsets(partitions).forEach(consumer::seek);
    }

    private List<TopicPartition> partitions(String topic) throws OperationFailedException {
        @Nullable List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        if (partitions == null || partitions.isEmpty()) {
            throw new OperationFailedException("topic " + topic + " does not exist, so no answer could be read; nothing"
                    + " was sent: create it with `tenantry topics`, and check kafka.topic-prefix");
        }
        return partitions.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Waits for the answer, and not longer than until an interruption. */
    VerbAnswer await(Duration patience, Interruption interruption) throws OperationFailedException {
        long start = System.nanoTime();
        try {
            while (true) {
                Duration left = patience.minusNanos(System.nanoTime() - start);
                if (left.isNegative() || interruption.isRequested()) {
                    return new VerbAnswer.None(patience);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(left.compareTo(POLL) < 0 ? left : POLL)) {
                    Optional<VerbAnswer> answer = answer(record);
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                }
            }
        } catch (KafkaException failure) {
            throw KafkaClients.failure(
                    kafka,
                    "read the answer from " + results() + ": " + failure.getMessage()
                            + "; the request was sent and may be executed",
                    failure);
        }
    }

    private Optional<VerbAnswer> answer(ConsumerRecord<byte[], byte[]> record) {
        return record.topic().equals(results()) ? result(record) : deadLetter(record);
    }

    private Optional<VerbAnswer> result(ConsumerRecord<byte[], byte[]> record) {
        try {
            Event<?> event = codec.decode(record, Topic.ROLLOUT_RESULTS);
            if (!(event.data() instanceof RolloutResult result) || !request.equals(result.request())) {
                return Optional.empty();
            }
            return Optional.of(
                    event.type() == EventType.ROLLOUT_REFUSED
                            ? new VerbAnswer.Refused(code(result.code()), reason(result.reason()))
                            : new VerbAnswer.Accepted(event.type(), result));
        } catch (InvalidEventException notOurs) {
            // Of a later release, or of somebody else.
            return Optional.empty();
        }
    }

    private Optional<VerbAnswer> deadLetter(ConsumerRecord<byte[], byte[]> record) {
        if (!request.id().equals(header(record, "ce_id")) || !request.source().equals(header(record, "ce_source"))) {
            return Optional.empty();
        }
        @Nullable String code = header(record, DeadLetter.CODE);
        return Optional.of(new VerbAnswer.DeadLettered(
                code == null ? code(null) : code, reason(header(record, DeadLetter.MESSAGE))));
    }

    private static String code(@Nullable ErrorCode code) {
        return (code == null ? ErrorCode.INTERNAL : code).code();
    }

    private static String reason(@Nullable String reason) {
        return reason == null ? "no reason was given" : reason;
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        @Nullable Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private String results() {
        return Topic.ROLLOUT_RESULTS.name(kafka.topicPrefix());
    }

    private String deadLetters() {
        return Topic.ROLLOUT_REQUESTED.deadLetterName(kafka.topicPrefix());
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(KafkaClients.LONGEST_CLOSE));
    }
}
