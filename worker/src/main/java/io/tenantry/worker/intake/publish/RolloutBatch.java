package io.tenantry.worker.intake.publish;

import io.tenantry.contracts.EventCodec;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.Committed;
import io.tenantry.worker.rollout.Outgoing;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.telemetry.RolloutMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What rollouts publish with the next Kafka transaction, kept until it is committed. A transaction commits the offset of each
 * partition of which it has something, so that a worker that has lost the partition cannot publish for it; the metadata of
 * this offset has the position of the last event. For the poll thread alone.
 */
public final class RolloutBatch {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutBatch.class);

    /** In a transaction, beside results: these do not wait for more. */
    private static final int LARGEST = 200;

    private record Item(Outgoing outgoing, ProducerRecord<byte[], byte[]> record) {}

    private final Rollouts rollouts;
    private final TopicNames topics;
    private final RolloutMeters meters;
    private final EventCodec codec = new EventCodec();
    private final List<Item> items = new ArrayList<>();

    /** It is empty. */
    public RolloutBatch(Rollouts rollouts, TopicNames topics, RolloutMeters meters) {
        this.rollouts = rollouts;
        this.topics = topics;
        this.meters = meters;
    }

    /** Whether there is nothing to publish, here or waiting. */
    boolean isEmpty() {
        return items.isEmpty() && !rollouts.hasOutgoing();
    }

    /** Takes what waits, unless there is something already; tells the assignment the positions of events. */
    void fill(Assignment assignment) {
        if (!items.isEmpty() || !rollouts.hasOutgoing()) {
            return;
        }
        for (Outgoing next : rollouts.takeOutgoing(LARGEST)) {
            // Never of another partition, if Rollouts keeps its word; the next owner would publish it a second time.
            if (assignment.isReady(partition(next))) {
                add(next);
                if (next instanceof Outgoing.StateChange change) {
                    assignment.eventPublished(partition(change), change.position());
                }
            }
        }
    }

    private void add(Outgoing outgoing) {
        try {
            items.add(new Item(outgoing, codec.toBinaryRecord(outgoing.event(), topics.of(outgoing.event()))));
        } catch (RuntimeException bug) {
            LOG.error("a bug: {} cannot be published", outgoing.event(), bug);
            rollouts.refused(outgoing, "it could not be published because of a bug of the worker");
        }
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        return items.stream().map(Item::record).toList();
    }

    /** The partitions of {@code rollout.requested} of which there is something. */
    Set<TopicPartition> partitions() {
        return items.stream().map(item -> partition(item.outgoing())).collect(Collectors.toSet());
    }

    private TopicPartition partition(Outgoing outgoing) {
        return new TopicPartition(topics.rollouts(), outgoing.partition());
    }

    /** All are in Kafka. */
    void published() {
        published(items.stream().map(Item::outgoing).toList());
        items.clear();
    }

    /** The outcome of a transaction was unknown; these offsets were committed. Attempts are published again. */
    void removePublished(Committed committed) {
        List<Outgoing> known = items.stream()
                .map(Item::outgoing)
                .filter(outgoing -> outgoing instanceof Outgoing.StateChange change
                        && committed.isPublished(partition(change), change.position()))
                .toList();
        items.removeIf(item -> known.contains(item.outgoing()));
        published(known);
    }

    private void published(List<Outgoing> outgoing) {
        if (outgoing.isEmpty()) {
            return;
        }
        rollouts.published(outgoing);
        for (Outgoing next : outgoing) {
            if (next instanceof Outgoing.StateChange) {
                meters.eventPublished(next.event().type());
            } else {
                meters.attemptPublished();
            }
        }
    }

    /** Drops what does not fit into its topic: it would not fit the next time either. */
    void shrink(Predicate<ProducerRecord<byte[], byte[]>> tooLarge) {
        for (Item item : List.copyOf(items)) {
            if (tooLarge.test(item.record())) {
                items.remove(item);
                String topic = item.record().topic();
                LOG.error(
                        "{} is larger than {} takes, and is not published; the topic's max.message.bytes is too"
                                + " small",
                        item.outgoing().event(),
                        topic);
                rollouts.refused(
                        item.outgoing(), "it is larger than " + topic + " takes; its max.message.bytes is too small");
            }
        }
    }

    /** The partitions went away: their new owner publishes what is not in Kafka. */
    void drop(Set<TopicPartition> partitions) {
        items.removeIf(item -> partitions.contains(partition(item.outgoing())));
    }
}
