package io.tenantry.worker.operator.request;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads results and dead letters from where they ended when it was made, and finds those of some requests. Make it
 * before the requests are sent, so that it misses none. For one thread.
 */
public final class Answers implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);

    private final String results;
    private final Consumer<byte[], byte[]> consumer;
    private final EventCodec codec = new EventCodec();
    private final Map<String, SentRequest> open = new LinkedHashMap<>();
    private final Map<List<Object>, String> byPlace = new LinkedHashMap<>();

    private Answers(String results, Consumer<byte[], byte[]> consumer) {
        this.results = results;
        this.consumer = consumer;
    }

    /**
     * Begins at the end of the results and of the dead letters of this topic.
     *
     * @throws OperationFailedException if Kafka cannot be asked
     */
    public static Answers from(KafkaClients kafka, Topic requests)
            throws OperationFailedException, InvalidSettingsException {
        KafkaSettings settings = kafka.settings();
        String results = Topic.TENANT_RESULTS.name(settings.topicPrefix());
        Consumer<byte[], byte[]> consumer = kafka.consumer();
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : List.of(results, requests.deadLetterName(settings.topicPrefix()))) {
                for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                    partitions.add(new TopicPartition(topic, partition.partition()));
                }
            }
            consumer.assign(partitions);
            // Of read_committed: the first offset of the oldest open transaction.
            consumer.endOffsets(partitions).forEach(consumer::seek);
            return new Answers(results, consumer);
        } catch (KafkaException failure) {
            consumer.close(CloseOptions.timeout(KafkaClients.LONGEST_CLOSE));
            throw KafkaClients.failure(settings, "find the end of the results: " + failure.getMessage(), failure);
        }
    }

    /** Looks for answers to these. */
    public void expect(List<SentRequest> requests) {
        requests.forEach(request -> {
            open.put(request.id(), request);
            byPlace.put(List.of(request.topic(), request.partition(), request.offset()), request.id());
        });
    }

    /** The requests that have no answer yet, in the order in which they were sent. */
    public List<SentRequest> open() {
        return List.copyOf(open.values());
    }

    /** Waits a moment for answers; each comes once. */
    public List<Answer> poll() throws OperationFailedException {
        List<Answer> answers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records()) {
            @Nullable Answer answer = record.topic().equals(results) ? result(record) : dead(record);
            if (answer != null) {
                open.remove(answer.request().id());
                answers.add(answer);
            }
        }
        return answers;
    }

    private ConsumerRecords<byte[], byte[]> records() throws OperationFailedException {
        try {
            return consumer.poll(POLL);
        } catch (KafkaException failure) {
            throw new OperationFailedException(
                    "the results cannot be read (" + failure.getMessage()
                            + "); the requests were sent, and are worked on: look with `tenantry tenant NAME`",
                    failure);
        }
    }

    private @Nullable Answer result(ConsumerRecord<byte[], byte[]> record) {
        try {
            Event<?> event = codec.decode(record, Topic.TENANT_RESULTS);
            if (event.data() instanceof TenantResult result
                    && result.request().source().equals(Requests.SOURCE)) {
                RequestRef ref = result.request();
                @Nullable SentRequest request = open.get(ref.id());
                return request != null && request.type().equals(ref.type()) ? new Answer.Result(request, result) : null;
            }
            return null;
        } catch (InvalidEventException notOurs) {
            return null;
        }
    }

    /** A dead letter may have lost its headers, but for where it was. */
    private @Nullable Answer dead(ConsumerRecord<byte[], byte[]> record) {
        @Nullable String id = null;
        try {
            id = byPlace.get(List.of(
                    text(record, DeadLetter.TOPIC),
                    Integer.parseInt(text(record, DeadLetter.PARTITION)),
                    Long.parseLong(text(record, DeadLetter.OFFSET))));
        } catch (NumberFormatException notOfAWorker) {
            return null;
        }
        @Nullable SentRequest request = id == null ? null : open.get(id);
        return request == null
                ? null
                : new Answer.Dead(
                        request,
                        text(record, DeadLetter.CODE),
                        text(record, DeadLetter.MESSAGE),
                        record.topic(),
                        record.partition(),
                        record.offset());
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        @Nullable Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(KafkaClients.LONGEST_CLOSE));
    }
}
