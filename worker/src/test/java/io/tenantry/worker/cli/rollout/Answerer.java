package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Answers verbs in place of a worker, by their reason: accept, refuse, dead-letter; any other one gets no answer. Refuses starts. */
final class Answerer implements AutoCloseable {
    private final EventCodec codec = new EventCodec();
    private final KafkaSettings kafka;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<RolloutRequested> received = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::answer, "answerer");
    private volatile boolean closed;

    Answerer(KafkaSettings kafka) {
        this.kafka = kafka;
        this.consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class));
        List<TopicPartition> partitions = IntStream.range(0, kafka.partitions())
                .mapToObj(partition -> new TopicPartition(Topic.ROLLOUT_REQUESTED.name(kafka.topicPrefix()), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.start();
    }

    /** What was received, in its order. */
    List<RolloutRequested> received() {
        return received;
    }

    private void answer() {
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                try {
                    Event<?> event = codec.decode(record, Topic.ROLLOUT_REQUESTED);
                    RolloutRequested verb = (RolloutRequested) event.data();
                    received.add(verb);
                    // Somebody else's answers come first.
                    result(EventType.ROLLOUT_REFUSED, verb, new RolloutRequestRef(event.id(), "/other"));
                    result(EventType.ROLLOUT_REFUSED, verb, new RolloutRequestRef("other", event.source()));
                    result(EventType.ROLLOUT_HALTED, verb, null);
                    answer(record, verb, new RolloutRequestRef(event.id(), event.source()));
                } catch (InvalidEventException broken) {
                    throw new IllegalStateException(broken);
                }
            }
        }
        consumer.close();
    }

    private void answer(ConsumerRecord<byte[], byte[]> record, RolloutRequested verb, RolloutRequestRef request) {
        switch (verb.action() == RolloutAction.START ? "refuse" : String.valueOf(verb.reason())) {
            case "accept" -> result(EventType.ROLLOUT_PAUSED, verb, request);
            case "refuse" -> result(EventType.ROLLOUT_REFUSED, verb, request);
            case "dead-letter" ->
                send(DeadLetter.record(
                        record,
                        Topic.ROLLOUT_REQUESTED.deadLetterName(kafka.topicPrefix()),
                        kafka.groupId(),
                        ErrorCode.INTERNAL,
                        "a bug"));
            default -> {}
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void result(EventType type, RolloutRequested verb, @Nullable RolloutRequestRef request) {
        boolean refused = type == EventType.ROLLOUT_REFUSED;
        RolloutResult result = new RolloutResult(
                verb.rollout(),
                "latest",
                null,
                RolloutCounts.of(0),
                Map.of(),
                refused ? ErrorCode.ROLLOUT_STATE : null,
                refused ? "it is completed" : null,
                request,
                Map.of());
        send(codec.toBinaryRecord(
                codec.encode(new Event<>(UUID.randomUUID().toString(), "/tenantry", type, Instant.EPOCH, null, result)),
                Topic.ROLLOUT_RESULTS.name(kafka.topicPrefix())));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        producer.close(Duration.ofSeconds(1));
    }
}
