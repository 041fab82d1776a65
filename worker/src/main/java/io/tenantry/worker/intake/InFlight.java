package io.tenantry.worker.intake;

import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.step.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records whose requests are on their way through the worker, also those whose partition went away meanwhile: if it
 * comes back, so does the record, and finds its request here. For the poll thread alone; the size is read by others.
 */
final class InFlight {
    /** A record and its request. */
    record Entry(ConsumerRecord<byte[], byte[]> received, Request request) {}

    private final Map<Coordinates, Entry> entries = new HashMap<>();
    private final Map<String, Integer> byTopic = new HashMap<>();
    private volatile int size;

    void add(Coordinates coordinates, Entry entry) {
        if (entries.put(coordinates, entry) == null) {
            byTopic.merge(coordinates.partition().topic(), 1, Integer::sum);
        }
        size = entries.size();
    }

    /** Null if there is none. */
    @Nullable Entry get(Coordinates coordinates) {
        return entries.get(coordinates);
    }

    /** Null if there is none. */
    @Nullable Entry remove(Coordinates coordinates) {
        Entry entry = entries.remove(coordinates);
        if (entry != null) {
            byTopic.merge(coordinates.partition().topic(), -1, Integer::sum);
        }
        size = entries.size();
        return entry;
    }

    /** Tells the requests of these partitions whether they still are, or again are, this worker's. */
    void owned(Set<TopicPartition> partitions, boolean owned) {
        entries.forEach((coordinates, entry) -> {
            if (partitions.contains(coordinates.partition())) {
                entry.request().owned(owned);
            }
        });
    }

    int ofTopic(String topic) {
        return byTopic.getOrDefault(topic, 0);
    }

    int size() {
        return size;
    }
}
