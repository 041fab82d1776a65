package io.tenantry.worker.intake;

import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.step.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records whose requests are on their way through the worker, of the partitions that are its own now. For the poll
 * thread alone; the size is read by others.
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

    boolean has(Coordinates coordinates) {
        return entries.containsKey(coordinates);
    }

    /** Null if this request is not on its way, as when its partition went away and another one stands for its record. */
    @Nullable Entry remove(Coordinates coordinates, Request request) {
        Entry entry = entries.get(coordinates);
        if (entry == null || entry.request() != request) {
            return null;
        }
        forget(coordinates);
        return entry;
    }

    /**
     * The partitions went away. If one comes back, its records do so too, in their order, as new requests behind the one
     * that may still run: a lane that kept some of the old ones would run or answer them out of order.
     */
    void drop(Set<TopicPartition> partitions) {
        for (Map.Entry<Coordinates, Entry> next : List.copyOf(entries.entrySet())) {
            if (partitions.contains(next.getKey().partition())) {
                next.getValue().request().disown();
                forget(next.getKey());
            }
        }
    }

    /** It is not on its way after all. */
    void forget(Coordinates coordinates) {
        if (entries.remove(coordinates) != null) {
            byTopic.merge(coordinates.partition().topic(), -1, Integer::sum);
        }
        size = entries.size();
    }

    int ofTopic(String topic) {
        return byTopic.getOrDefault(topic, 0);
    }

    int size() {
        return size;
    }
}
