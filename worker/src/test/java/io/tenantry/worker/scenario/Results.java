package io.tenantry.worker.scenario;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.stack.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what the worker publishes, as monitoring does: committed transactions alone, from the beginning. */
public final class Results implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String prefix;
    private final EventCodec codec = new EventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Event<?>> results = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();

    Results(String bootstrapServers, String prefix, List<TopicPartition> partitions) {
        this.prefix = prefix;
        this.consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                // To jump to the end, as a consumer does by itself when its position is gone, would hide a loss.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Waits for the first result of a request. */
    public Event<?> of(String requestId) {
        Await.until(PATIENCE, "the result of request " + requestId, () -> {
            poll();
            return ofRequest(requestId).findAny().isPresent();
        });
        return ofRequest(requestId).findFirst().orElseThrow();
    }

    /** Waits for the first result of a request, and returns its data. */
    public TenantResult data(String requestId) {
        return (TenantResult) of(requestId).data();
    }

    /** Waits for this many results in all, for each so long after the one before; returns those that came. */
    public List<TenantResult> await(int count) {
        try {
            poll();
            while (results.size() < count) {
                int before = results.size();
                Await.until(PATIENCE, count + " results", () -> {
                    poll();
                    return results.size() > before;
                });
            }
        } catch (AssertionError late) {
            throw new AssertionError(
                    results.size() + " results and " + deadLetters.size() + " dead letters came; the reader is at "
                            + positions(),
                    late);
        }
        return all();
    }

    private Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        consumer.assignment().forEach(partition -> positions.put(partition, consumer.position(partition)));
        return positions;
    }

    /** All results that have come so far. */
    public List<TenantResult> all() {
        poll();
        return results.stream().map(event -> (TenantResult) event.data()).toList();
    }

    /** All events that have come so far. */
    public List<Event<?>> events() {
        poll();
        return List.copyOf(results);
    }

    /** Waits for this many dead letters in all; returns those that came. */
    public List<ConsumerRecord<byte[], byte[]>> awaitDeadLetters(int count) {
        Await.until(PATIENCE, count + " dead letters", () -> {
            poll();
            return deadLetters.size() >= count;
        });
        return List.copyOf(deadLetters);
    }

    /** Waits for the first dead letter of the record that was published there. */
    public ConsumerRecord<byte[], byte[]> deadLetterOf(RecordMetadata published) {
        Await.until(PATIENCE, "the dead letter of " + published, () -> {
            poll();
            return deadLettersOf(published).findAny().isPresent();
        });
        return deadLettersOf(published).findFirst().orElseThrow();
    }

    private Stream<ConsumerRecord<byte[], byte[]>> deadLettersOf(RecordMetadata published) {
        return deadLetters.stream()
                .filter(letter -> header(letter, DeadLetter.TOPIC).equals(published.topic())
                        && header(letter, DeadLetter.PARTITION).equals(Integer.toString(published.partition()))
                        && header(letter, DeadLetter.OFFSET).equals(Long.toString(published.offset())));
    }

    /** The text of a header; empty if there is none. */
    public static String header(ConsumerRecord<byte[], byte[]> from, String name) {
        Header header = from.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The error that a failed or skipped result must have. */
    public static ResultError error(TenantResult result) {
        ResultError error = result.error();
        if (error == null) {
            throw new AssertionError("there is no error in " + result);
        }
        return error;
    }

    private Stream<Event<?>> ofRequest(String id) {
        return results.stream()
                .filter(event -> ((TenantResult) event.data()).request().id().equals(id));
    }

    private void poll() {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(Duration.ofMillis(50))) {
            if (!next.topic().equals(Topic.TENANT_RESULTS.name(prefix))) {
                deadLetters.add(next);
                continue;
            }
            try {
                results.add(codec.decode(next, Topic.TENANT_RESULTS));
            } catch (InvalidEventException invalid) {
                throw new AssertionError("the worker published what its own contract refuses", invalid);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
