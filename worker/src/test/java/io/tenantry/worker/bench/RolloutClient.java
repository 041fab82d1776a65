package io.tenantry.worker.bench;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.demo.RequestProducer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Asks for rollouts, as release tooling does, and reads what becomes of them. For one thread. */
final class RolloutClient implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    /** Without a single further event. A rollout of one wave is silent while it runs. */
    private static final Duration SILENCE = Duration.ofMinutes(3);

    /**
     * A rollout that is completed.
     *
     * @param elapsed from the send of its start until this was read
     */
    record Completed(RolloutResult result, Duration elapsed) {}

    private final EventCodec codec = new EventCodec();
    private final RequestProducer producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Supplier<Optional<String>> trouble;

    /**
     * The topics must exist.
     *
     * @param trouble what makes waiting useless, empty while there is nothing
     */
    RolloutClient(String bootstrapServers, Supplier<Optional<String>> trouble) {
        this.producer = new RequestProducer(bootstrapServers);
        this.producer.prepare(Topic.ROLLOUT_REQUESTED.name(""));
        this.trouble = trouble;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.ROLLOUT_RESULTS.name("")).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Seeking is lazy: without this, what is published before the first poll would be missed.
        partitions.forEach(consumer::position);
    }

    /**
     * Brings tenants to a version, and waits until all are there.
     *
     * @param tenants a name or glob
     * @param concurrency null means the default
     * @throws IllegalStateException if it is not completed, or if a tenant failed
     */
    Completed run(String tenants, String target, @Nullable Integer concurrency) {
        String name = UUID.randomUUID().toString();
        RolloutRequested start = new RolloutRequested(
                name,
                RolloutAction.START,
                null,
                List.of(),
                target,
                new RolloutSelection(List.of(tenants), List.of(), Map.of()),
                List.of(),
                concurrency,
                HaltRule.FIRST_FAILURE,
                null);
        long begun = System.nanoTime();
        producer.send(producer.encode(
                new Event<>(name, "/bench/rollout", EventType.ROLLOUT_REQUESTED, Instant.now(), null, start)));
        producer.flush();
        return new Completed(awaitEnd(name), Duration.ofNanos(System.nanoTime() - begun));
    }

    private RolloutResult awaitEnd(String rollout) {
        long last = System.nanoTime();
        while (System.nanoTime() - last < SILENCE.toNanos()) {
            for (ConsumerRecord<byte[], byte[]> next : consumer.poll(POLL)) {
                Event<?> event = decode(next);
                if (event.data() instanceof RolloutResult result
                        && result.rollout().equals(rollout)) {
                    last = System.nanoTime();
                    if (event.type() == EventType.ROLLOUT_COMPLETED) {
                        return result;
                    }
                    refuseTrouble(event.type(), result);
                }
            }
            trouble.get().ifPresent(what -> {
                throw new IllegalStateException("the rollout did not end: " + what);
            });
        }
        throw new IllegalStateException("the rollout did not end, and said nothing in " + SILENCE.toSeconds() + " s");
    }

    private static void refuseTrouble(EventType type, RolloutResult result) {
        if (type != EventType.ROLLOUT_STARTED
                && type != EventType.ROLLOUT_WAVE_STARTED
                && type != EventType.ROLLOUT_WAVE_COMPLETED) {
            throw new IllegalStateException("the rollout was not completed: " + type.type() + ", " + result.reason());
        }
    }

    private Event<?> decode(ConsumerRecord<byte[], byte[]> received) {
        try {
            return codec.decode(received, Topic.ROLLOUT_RESULTS);
        } catch (InvalidEventException invalid) {
            throw new IllegalStateException("the worker published what its own contract refuses", invalid);
        }
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
