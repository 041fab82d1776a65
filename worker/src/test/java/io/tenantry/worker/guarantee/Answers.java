package io.tenantry.worker.guarantee;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.stack.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All results and dead letters, as a reader of committed records sees them. For one thread. */
final class Answers implements AutoCloseable {
    /** A result, and where it is. */
    record Answer(String id, TenantResult data, TopicPartition partition, long offset) {
        String request() {
            return data.request().id();
        }
    }

    private final String bootstrapServers;
    private final String resultsTopic;
    private final EventCodec codec = new EventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Answer> results = new ArrayList<>();
    private final List<String> deadLetters = new ArrayList<>();

    Answers(String bootstrapServers, String prefix) {
        this.bootstrapServers = bootstrapServers;
        this.resultsTopic = Topic.TENANT_RESULTS.name(prefix);
        this.consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        List<TopicPartition> partitions = Stream.of(
                        resultsTopic,
                        Topic.TENANT_CREATED.deadLetterName(prefix),
                        Topic.MIGRATION_REQUESTED.deadLetterName(prefix))
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads what has come since. */
    void poll() {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(Duration.ofMillis(50))) {
            if (next.topic().equals(resultsTopic)) {
                results.add(decode(next));
            } else {
                deadLetters.add(header(next, "__dlq.errors.topic") + "/" + header(next, "__dlq.errors.partition") + "/"
                        + header(next, "__dlq.errors.offset"));
            }
        }
    }

    /** Reads up to what is there now, open transactions of somebody dead included: they end first. */
    void pollAll() {
        Map<TopicPartition, Long> ends = ends();
        Await.until(Duration.ofSeconds(60), "all that is in the topics was read", () -> {
            poll();
            return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        });
    }

    /** Behind the last record of each partition, whether it is committed or not. */
    private Map<TopicPartition, Long> ends() {
        try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return other.endOffsets(consumer.assignment());
        }
    }

    private Answer decode(ConsumerRecord<byte[], byte[]> next) {
        try {
            Event<?> event = codec.decode(next, Topic.TENANT_RESULTS);
            return new Answer(
                    event.id(),
                    (TenantResult) event.data(),
                    new TopicPartition(next.topic(), next.partition()),
                    next.offset());
        } catch (InvalidEventException invalid) {
            throw new AssertionError("the worker published what its own contract refuses", invalid);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> next, String name) {
        Header header = next.headers().lastHeader(name);
        if (header == null) {
            throw new AssertionError("a dead letter has no header " + name);
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    /** In the order in which they were read, which is that of the log for each tenant. */
    List<Answer> results() {
        return List.copyOf(results);
    }

    /** TrialRequests that have a result. */
    Set<String> answered() {
        Set<String> answered = new HashSet<>();
        results.forEach(result -> answered.add(result.request()));
        return answered;
    }

    /** Results and dead letters, repeats included. */
    int count() {
        return results.size() + deadLetters.size();
    }

    /** Records that have a dead letter, as topic/partition/offset. */
    Set<String> deadLetters() {
        return Set.copyOf(deadLetters);
    }

    /** Results whose id was there before. */
    int repeatedResults() {
        return results.size()
                - (int) results.stream().map(Answer::id).distinct().count();
    }

    /** Dead letters of a record that had one before. */
    int repeatedDeadLetters() {
        return deadLetters.size() - (int) deadLetters.stream().distinct().count();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
