package io.tenantry.worker.intake;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.telemetry.Meters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What goes into the next Kafka transaction, kept until it is there. For the poll thread alone. */
final class Batch {
    private record Item(
            Settled settled, ProducerRecord<byte[], byte[]> record, ConsumerRecord<byte[], byte[]> received) {}

    private final TopicNames topics;
    private final EventCodec codec = new EventCodec();
    private final Map<Coordinates, Item> items = new LinkedHashMap<>();

    Batch(TopicNames topics) {
        this.topics = topics;
    }

    /** Nothing of it is published for {@link Settled.Silent} and {@link Settled.Abandoned}. */
    void add(Settled settled, ConsumerRecord<byte[], byte[]> received) {
        if (settled instanceof Settled.Result result) {
            items.put(
                    settled.coordinates(),
                    new Item(settled, codec.toBinaryRecord(result.event(), topics.results()), received));
        } else if (settled instanceof Settled.Dead dead) {
            items.put(
                    settled.coordinates(),
                    new Item(
                            settled,
                            DeadLetter.record(
                                    received,
                                    topics.deadLetters(received.topic()),
                                    topics.group(),
                                    dead.code(),
                                    dead.message()),
                            received));
        }
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        return items.values().stream().map(Item::record).toList();
    }

    /** Where the records that it answers are. */
    Set<Coordinates> coordinates() {
        return Set.copyOf(items.keySet());
    }

    /** The requests whose results it holds. */
    List<RequestRef> requests() {
        List<RequestRef> requests = new ArrayList<>();
        for (Item item : items.values()) {
            if (item.settled() instanceof Settled.Result result) {
                requests.add(result.request());
            }
        }
        return requests;
    }

    /** Counts the dead letters by their codes. */
    void countDeadLetters(Meters meters) {
        for (Item item : items.values()) {
            if (item.settled() instanceof Settled.Dead dead) {
                meters.deadLetter(dead.code().code());
            }
        }
    }

    /** Dead letters that do not fit go without their value, and if that is not enough, by their coordinates alone. */
    void shrink(Predicate<ProducerRecord<byte[], byte[]>> tooLarge) {
        items.replaceAll(
                (coordinates, item) -> item.settled() instanceof Settled.Dead dead && tooLarge.test(item.record())
                        ? new Item(dead, smaller(item.record(), item.received(), dead), item.received())
                        : item);
    }

    private ProducerRecord<byte[], byte[]> smaller(
            ProducerRecord<byte[], byte[]> tried, ConsumerRecord<byte[], byte[]> received, Settled.Dead dead) {
        String topic = topics.deadLetters(received.topic());
        return tried.value() == null
                ? DeadLetter.coordinatesOnly(received, topic, topics.group(), dead.code(), dead.message())
                : DeadLetter.headersOnly(received, topic, topics.group(), dead.code(), dead.message());
    }

    void removeAll(Set<Coordinates> committed) {
        items.keySet().removeAll(committed);
    }

    void removePartitions(Set<TopicPartition> partitions) {
        items.keySet().removeIf(coordinates -> partitions.contains(coordinates.partition()));
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    void clear() {
        items.clear();
    }
}
