package io.tenantry.worker.operator.deadletters;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.operator.OperationFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads the dead-letter topics, as far as they are written when it begins. For one thread. */
final class DeadLetterReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaSettings settings;
    private final Consumer<byte[], byte[]> consumer;
    private final DeadLetterHeaders headers = new DeadLetterHeaders();

    DeadLetterReader(KafkaClients kafka) throws InvalidSettingsException {
        this.settings = kafka.settings();
        this.consumer = kafka.consumer();
    }

    /** The topics that have dead letters. */
    static List<Topic> topics() {
        return Arrays.stream(Topic.values()).filter(Topic::hasDeadLetters).toList();
    }

    /** All dead letters, in the order of their places. */
    List<DeadLetterRecord> all() throws OperationFailedException {
        List<DeadLetterRecord> letters = new ArrayList<>();
        for (Topic topic : topics()) {
            String name = topic.deadLetterName(settings.topicPrefix());
            try {
                read(name, record -> letters.add(headers.read(record, topic)));
            } catch (KafkaException failure) {
                throw KafkaClients.failure(settings, "read topic " + name + ": " + failure.getMessage(), failure);
            }
        }
        letters.sort((one, other) -> one.place().compareTo(other.place()));
        return letters;
    }

    private interface RecordSink {
        void take(ConsumerRecord<byte[], byte[]> record);
    }

    private void read(String topic, RecordSink sink) throws OperationFailedException {
        List<TopicPartition> partitions = new ArrayList<>();
        @Nullable List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            throw new OperationFailedException("topic " + topic + " does not exist; `tenantry topics` creates it");
        }
        found.forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        // Measured from the last progress: a topic may be large.
        long patience = System.nanoTime();
        long before = -1;
        while (!isRead(ends)) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Long end = ends.get(new TopicPartition(topic, record.partition()));
                if (end != null && record.offset() < end) {
                    sink.take(record);
                }
            }
            long position = partitions.stream().mapToLong(consumer::position).sum();
            if (position != before) {
                before = position;
                patience = System.nanoTime();
            } else if (System.nanoTime() - patience > KafkaClients.LONGEST_CALL.toNanos()) {
                throw KafkaClients.failure(
                        settings,
                        "read topic " + topic + ": nothing came for " + KafkaClients.LONGEST_CALL.toSeconds() + " s",
                        new TimeoutException("no progress"));
            }
        }
    }

    private boolean isRead(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** The record of a dead letter; empty if Kafka has deleted it. */
    Optional<ConsumerRecord<byte[], byte[]>> record(Place place) throws OperationFailedException {
        TopicPartition partition = new TopicPartition(place.topic(), place.partition());
        try {
            consumer.assign(List.of(partition));
            Long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
            Long end = consumer.endOffsets(List.of(partition)).get(partition);
            if (begin == null || end == null || place.offset() < begin || place.offset() >= end) {
                return Optional.empty();
            }
            consumer.seek(partition, place.offset());
            long start = System.nanoTime();
            while (System.nanoTime() - start < KafkaClients.LONGEST_CALL.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    return record.offset() == place.offset() ? Optional.of(record) : Optional.empty();
                }
            }
        } catch (KafkaException failure) {
            throw KafkaClients.failure(settings, "read " + place + ": " + failure.getMessage(), failure);
        }
        throw KafkaClients.failure(
                settings,
                "read " + place + ": no answer in " + KafkaClients.LONGEST_CALL.toSeconds() + " s",
                new TimeoutException("no answer"));
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(KafkaClients.LONGEST_CLOSE));
    }
}
