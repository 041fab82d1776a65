package io.tenantry.worker.intake.publish;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.intake.admission.RecordSize;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.telemetry.LogFields;
import io.tenantry.worker.telemetry.SettlingMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records for the next Kafka transaction, kept until it is committed. For the poll thread alone. */
public final class Batch {
    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    /** What an item takes besides the values that it holds. */
    private static final long ITEM_BYTES = 1000;

    private record Item(
            Settled settled, ProducerRecord<byte[], byte[]> record, ConsumerRecord<byte[], byte[]> received) {}

    private final TopicNames topics;
    private final EventCodec codec = new EventCodec();
    private final Map<Coordinates, Item> items = new LinkedHashMap<>();
    private long bytes;
    private final List<RequestRef> replaced = new ArrayList<>();

    public Batch(TopicNames topics) {
        this.topics = topics;
    }

    /**
     * Adds a result or a dead letter; for {@link Settled.Silent} and {@link Settled.Abandoned} nothing is published.
     */
    public void add(Settled settled, ConsumerRecord<byte[], byte[]> received) {
        if (settled instanceof Settled.Result result) {
            put(result(result, received));
        } else if (settled instanceof Settled.Dead dead) {
            put(deadLetter(dead, received));
        }
    }

    private void put(Item item) {
        items.put(item.settled().coordinates(), item);
        bytes += bytes(item.settled(), item.received());
    }

    private Item result(Settled.Result result, ConsumerRecord<byte[], byte[]> received) {
        try {
            return new Item(result, codec.toBinaryRecord(result.event(), topics.results()), received);
        } catch (RuntimeException bug) {
            try (var unused = fields(result).open()) {
                LOG.error(
                        "a bug: the result of {} cannot be published; a dead letter takes its place",
                        result.request(),
                        bug);
            }
            replaced.add(result.request());
            return deadLetter(Settled.Dead.ofBug(result.coordinates(), "its result could not be published"), received);
        }
    }

    private Item deadLetter(Settled.Dead dead, ConsumerRecord<byte[], byte[]> received) {
        return new Item(
                dead,
                DeadLetter.record(
                        received, topics.deadLetters(received.topic()), topics.group(), dead.code(), dead.message()),
                received);
    }

    /** The bytes that it takes in memory until it is published. */
    public static long bytes(Settled settled, ConsumerRecord<byte[], byte[]> received) {
        long result = settled instanceof Settled.Result known ? known.event().data().length : 0;
        return ITEM_BYTES + result + RecordSize.of(received);
    }

    /** The bytes that the batch takes in memory. */
    public long bytes() {
        return bytes;
    }

    public List<ProducerRecord<byte[], byte[]>> records() {
        return items.values().stream().map(Item::record).toList();
    }

    /** The coordinates of the records that it answers. */
    public Set<Coordinates> coordinates() {
        return Set.copyOf(items.keySet());
    }

    /** The requests whose results it holds. */
    public List<RequestRef> requests() {
        List<RequestRef> requests = new ArrayList<>();
        for (Item item : items.values()) {
            if (item.settled() instanceof Settled.Result result) {
                requests.add(result.request());
            }
        }
        return requests;
    }

    /** Counts those of its results and dead letters that are in Kafka now. */
    void countPublished(Set<Coordinates> published, SettlingMeters meters) {
        long now = System.nanoTime();
        for (Item item : items.values()) {
            if (!published.contains(item.settled().coordinates())) {
                continue;
            }
            if (item.settled() instanceof Settled.Dead dead) {
                meters.deadLetter(dead.code().code());
            } else if (item.settled() instanceof Settled.Result result) {
                meters.resultPublished(Duration.ofNanos(now - result.endedNanos()));
            }
        }
    }

    /**
     * Makes smaller what does not fit into its topic: a result becomes a dead letter; a dead letter loses its value,
     * and if that is not enough, everything but the coordinates.
     */
    void shrink(Predicate<ProducerRecord<byte[], byte[]>> tooLarge) {
        items.replaceAll((coordinates, item) -> tooLarge.test(item.record()) ? smaller(coordinates, item) : item);
    }

    private Item smaller(Coordinates coordinates, Item item) {
        ConsumerRecord<byte[], byte[]> received = item.received();
        if (item.settled() instanceof Settled.Result result) {
            replaced.add(result.request());
            String message =
                    "the result is larger than " + topics.results() + " takes; its max.message.bytes is too small";
            try (var unused = fields(result).open()) {
                LOG.warn(
                        "{} offset {} becomes a dead letter: {}",
                        coordinates.partition(),
                        coordinates.offset(),
                        message);
            }
            return deadLetter(new Settled.Dead(coordinates, ErrorCode.INTERNAL, message), received);
        }
        Settled.Dead dead = (Settled.Dead) item.settled();
        String topic = topics.deadLetters(received.topic());
        return new Item(
                dead,
                item.record().value() == null
                        ? DeadLetter.coordinatesOnly(received, topic, topics.group(), dead.code(), dead.message())
                        : DeadLetter.headersOnly(received, topic, topics.group(), dead.code(), dead.message()),
                received);
    }

    private static LogFields fields(Settled.Result result) {
        return LogFields.of(
                result.request(), result.event().key(), result.event().traceparent());
    }

    /** The requests whose results have become dead letters since the last call. */
    List<RequestRef> takeReplaced() {
        List<RequestRef> taken = List.copyOf(replaced);
        replaced.clear();
        return taken;
    }

    public void removeAll(Set<Coordinates> committed) {
        items.keySet().removeAll(committed);
        count();
    }

    void removePartitions(Set<TopicPartition> partitions) {
        items.keySet().removeIf(coordinates -> partitions.contains(coordinates.partition()));
        count();
    }

    private void count() {
        bytes = items.values().stream()
                .mapToLong(item -> bytes(item.settled(), item.received()))
                .sum();
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    public int size() {
        return items.size();
    }

    public void clear() {
        items.clear();
        bytes = 0;
    }
}
