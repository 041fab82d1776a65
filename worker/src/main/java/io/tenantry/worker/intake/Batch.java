package io.tenantry.worker.intake;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.ErrorCode;
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
            items.put(settled.coordinates(), deadLetter(dead, received));
        }
    }

    private Item deadLetter(Settled.Dead dead, ConsumerRecord<byte[], byte[]> received) {
        return new Item(
                dead,
                DeadLetter.record(
                        received, topics.deadLetters(received.topic()), topics.group(), dead.code(), dead.message()),
                received);
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

    /**
     * What does not fit into its topic is made smaller: a dead letter goes without its value, and a result becomes one.
     */
    void shrink(Predicate<ProducerRecord<byte[], byte[]>> tooLarge) {
        items.replaceAll((coordinates, item) -> {
            if (!tooLarge.test(item.record())) {
                return item;
            }
            if (item.settled() instanceof Settled.Dead dead) {
                ConsumerRecord<byte[], byte[]> received = item.received();
                return new Item(
                        dead,
                        DeadLetter.headersOnly(
                                received,
                                topics.deadLetters(received.topic()),
                                topics.group(),
                                dead.code(),
                                dead.message()),
                        received);
            }
            return deadLetter(
                    new Settled.Dead(
                            coordinates,
                            ErrorCode.INTERNAL,
                            "the result is larger than " + topics.results()
                                    + " takes; its max.message.bytes is too small"),
                    item.received());
        });
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
