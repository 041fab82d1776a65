package io.tenantry.worker.intake.publish;

import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.Committed;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Publication;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.telemetry.SettlingMeters;
import io.tenantry.worker.timing.LingerTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes settled records to Kafka, one transaction after another. For the poll thread alone. */
public final class Publishing {
    private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);

    /** A transaction costs the broker and the readers of results the same for one record as for many. */
    private static final LingerTime LINGER = new LingerTime(Duration.ofMillis(100));

    /** Results and dead letters in a transaction, so that it ends before its timeout. */
    private static final int LARGEST = 500;

    /** The same in bytes; a larger one has a transaction of its own. */
    private static final long LARGEST_BYTES = 4 << 20;
    /** Results and dead letters that are not in Kafka, which may be readable while it takes no transactions. */
    private static final int MAX_UNPUBLISHED = 2000;

    private final Batch batch;
    private final RolloutBatch rollouts;
    private final Assignment assignment;
    private final Publisher publisher;
    private final Settler settler;
    private final SettlingMeters meters;
    private final DeadLetterHold hold;
    private final long maxBytes;
    private final AnswerQueue waiting = new AnswerQueue();
    /** The publication that the last call left in doubt, to be repeated unchanged; null if none is in doubt. */
    private @Nullable Publication inDoubt;

    private boolean mustReadCommitted;
    /** {@link System#nanoTime()} when the oldest unpublished answer came. */
    private long since;

    private Duration linger = Duration.ZERO;
    private boolean signupWaits;

    /**
     * Nothing is to be published yet.
     *
     * @param maxBytes how much may be unpublished before no more is read
     */
    public Publishing(
            Batches batches,
            Assignment assignment,
            Publisher publisher,
            Settler settler,
            SettlingMeters meters,
            long maxBytes) {
        this.maxBytes = maxBytes;
        this.batch = batches.answers();
        this.rollouts = batches.rollouts();
        this.assignment = assignment;
        this.publisher = publisher;
        this.settler = settler;
        this.hold = new DeadLetterHold(settler);
        this.meters = meters;
    }

    /** What the next transaction holds, both empty at first. */
    public record Batches(Batch answers, RolloutBatch rollouts) {}

    /** Adds the answer to a record to the next transaction. */
    public void add(Settled settled, ConsumerRecord<byte[], byte[]> received) {
        if (isEmpty()) {
            since = System.nanoTime();
        }
        if (settled instanceof Settled.Dead dead) {
            hold.add(dead, received);
        }
        waiting.add(settled, received);
    }

    /** Whether the oldest answer has waited long enough for others, or a rollout has something, which does not wait. */
    public boolean isDue() {
        return System.nanoTime() - since >= linger.toNanos() || !rollouts.isEmpty();
    }

    /** The answer that was added last is a signup's: a person waits for it. */
    public void signupWaits() {
        signupWaits = true;
    }

    /** Whether a signup's answer was added after the last transaction. */
    public boolean hasSignup() {
        return signupWaits;
    }

    public boolean isEmpty() {
        return waiting.isEmpty() && batch.isEmpty() && rollouts.isEmpty() && inDoubt == null && !mustReadCommitted;
    }

    /** Whether so much is unpublished that no more should be read. */
    public boolean isFull() {
        return waiting.size() + batch.size() >= MAX_UNPUBLISHED || waiting.bytes() + batch.bytes() >= maxBytes;
    }

    /** The partitions went away: their new owner answers their records. */
    public void drop(Set<TopicPartition> partitions) {
        waiting.drop(partitions);
        batch.removePartitions(partitions);
        rollouts.drop(partitions);
    }

    /** Publishes what there is, unless the pause after a failure is not over. */
    public void publish(ConsumerGroupMetadata group) {
        if (mustReadCommitted && !readCommitted()) {
            return;
        }
        Publication publication = inDoubt == null ? compose(group) : inDoubt;
        hold.addReplaced(batch.takeReplaced());
        if (!hold.isOver()) {
            return;
        }
        // The pause is asked for last: after the answer that it is over, the caller must try.
        if (publication.offsets().isEmpty() || publisher.pause().isPresent()) {
            return;
        }
        long start = System.nanoTime();
        switch (publisher.publish(publication)) {
            case COMMITTED -> committed(publication, Duration.ofNanos(System.nanoTime() - start));
            case NOT_COMMITTED -> {
                inDoubt = null;
                batch.shrink(publisher::wasTooLarge);
                rollouts.shrink(publisher::wasTooLarge);
            }
            case IN_DOUBT -> inDoubt = publication;
            case UNKNOWN -> {
                inDoubt = null;
                mustReadCommitted = true;
            }
        }
    }

    /**
     * An offset is marked as settled when its answer is in the batch, and not before; otherwise it could be committed
     * without its result.
     */
    private Publication compose(ConsumerGroupMetadata group) {
        while (hasRoomForNext()) {
            AnswerQueue.Answer next = waiting.remove();
            if (assignment.isPending(next.settled().coordinates())) {
                batch.add(next.settled(), next.received());
                assignment.settle(next.settled().coordinates());
            }
        }
        rollouts.fill(assignment);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(batch.records());
        records.addAll(rollouts.records());
        return new Publication(records, assignment.offsets(rollouts.partitions()), group);
    }

    private boolean hasRoomForNext() {
        AnswerQueue.Answer next = waiting.peek();
        return next != null
                && batch.size() < LARGEST
                && (batch.isEmpty() || batch.bytes() + next.bytes() <= LARGEST_BYTES);
    }

    private void committed(Publication publication, Duration duration) {
        inDoubt = null;
        signupWaits = false;
        linger = LINGER.after(duration);
        // Gaps alone change offsets too, and do not call add.
        since = System.nanoTime();
        assignment.offsetsCommitted(publication.offsets());
        settler.published(batch.requests());
        batch.countPublished(batch.coordinates(), meters);
        if (!publication.records().isEmpty()) {
            meters.published(publication.records().size(), duration);
        }
        batch.clear();
        rollouts.published();
    }

    private Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>(rollouts.partitions());
        batch.coordinates().forEach(coordinates -> partitions.add(coordinates.partition()));
        return partitions;
    }

    /** Drops from the batch what the transaction in doubt has published; false if it must be tried again. */
    private boolean readCommitted() {
        try {
            Committed offsets = assignment.committed(partitions());
            Set<Coordinates> committed =
                    batch.coordinates().stream().filter(offsets::isSettled).collect(Collectors.toSet());
            LOG.warn(
                    "{} of {} results and dead letters are in Kafka after a commit in doubt; the others are published again",
                    committed.size(),
                    batch.coordinates().size());
            settler.published(batch.requests().stream()
                    .filter(request -> committed.contains(Coordinates.of(request)))
                    .toList());
            batch.countPublished(committed, meters);
            batch.removeAll(committed);
            rollouts.removePublished(offsets);
            mustReadCommitted = false;
            return true;
        } catch (TimeoutException away) {
            LOG.debug("the committed offsets could not be read", away);
            return false;
        }
    }
}
