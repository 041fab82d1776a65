package io.tenantry.worker.settle;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.telemetry.LibraryMeters;
import io.tenantry.worker.telemetry.Outage;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a batch with its offsets in one Kafka transaction: all or nothing. For the poll thread alone; no call waits
 * longer than a few times {@code max.block.ms}.
 */
public final class Publisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    /**
     * Longer than most outages of the broker. A producer whose own thread has died does not report it, and never learns
     * the outcome.
     */
    private static final Duration LONGEST_DOUBT = Duration.ofMinutes(1);

    /** The outcome of a publication. */
    public enum CommitOutcome {
        /** The publication is in Kafka. */
        COMMITTED,
        /** The publication is not in Kafka, or a new producer will say so; it may be published again, changed or not. */
        NOT_COMMITTED,
        /** The outcome is unknown: publish the same again, which only repeats the commit. */
        IN_DOUBT,
        /**
         * The outcome is unknown, and this producer will not learn it: read the committed offsets, publish what they do
         * not cover.
         */
        UNKNOWN
    }

    private enum State {
        /** There is no producer, or its transactions are not initialized. */
        NEW,
        IDLE,
        COMMITTING
    }

    private final KafkaSettings kafka;
    private final String transactionalId;
    private final Outage outage;
    private final Duration longestDoubt;
    private final Set<ProducerRecord<byte[], byte[]>> tooLarge = ConcurrentHashMap.newKeySet();
    private final LibraryMeters meters;
    private @Nullable Producer<byte[], byte[]> producer;
    private LibraryMeters.@Nullable Bound measured;
    private State state = State.NEW;
    private boolean unclear;
    /** {@link System#nanoTime()} at the first commit without an answer; null if no commit is in doubt. */
    private @Nullable Long doubtSince;

    /** Connects with the first publication. */
    public Publisher(KafkaSettings kafka, String transactionalId, Outage outage, LibraryMeters meters) {
        this(kafka, transactionalId, outage, meters, LONGEST_DOUBT);
    }

    /** @param longestDoubt how long a producer is asked for the outcome of a commit before a new one takes its place */
    public Publisher(
            KafkaSettings kafka, String transactionalId, Outage outage, LibraryMeters meters, Duration longestDoubt) {
        this.meters = meters;
        this.longestDoubt = longestDoubt;
        this.kafka = kafka;
        this.transactionalId = transactionalId;
        this.outage = outage;
    }

    /**
     * Connects, and learns where the results topic is, so that the first publication does not hold up the poll thread.
     * A failure shows at the first publication. To be called before the consumer joins its group.
     */
    public void prepare(String resultsTopic) {
        try {
            started().partitionsFor(resultsTopic);
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException | IllegalStateException failure) {
            LOG.debug("the producer is not ready yet", failure);
        }
    }

    /** How long to leave Kafka alone after a failure; empty if a publication may be tried now. */
    public Optional<Duration> pause() {
        return outage.pause();
    }

    /** Whether Kafka refused this record of the last publication, because it is larger than its topic takes. */
    public boolean wasTooLarge(ProducerRecord<byte[], byte[]> published) {
        return tooLarge.contains(published);
    }

    /** Publishes, or repeats the commit that the last call left in doubt. */
    public CommitOutcome publish(Publication publication) {
        try {
            Producer<byte[], byte[]> current = started();
            if (unclear) {
                // The new producer has committed or aborted the transaction of the old one; the offsets tell which.
                unclear = false;
                outage.back();
                return CommitOutcome.UNKNOWN;
            }
            if (state == State.IDLE) {
                send(current, publication);
                state = State.COMMITTING;
            }
            current.commitTransaction();
            state = State.IDLE;
            doubtSince = null;
            outage.back();
            return CommitOutcome.COMMITTED;
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException | IllegalStateException failure) {
            return afterFailure(failure);
        }
    }

    private Producer<byte[], byte[]> started() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            current = new KafkaProducer<>(ProducerSettings.of(kafka, transactionalId));
            producer = current;
            measured = meters.producer(current);
        }
        if (state == State.NEW) {
            current.initTransactions();
            state = State.IDLE;
        }
        return current;
    }

    private void send(Producer<byte[], byte[]> current, Publication publication) {
        tooLarge.clear();
        current.beginTransaction();
        AtomicReference<TimeoutException> late = new AtomicReference<>();
        for (ProducerRecord<byte[], byte[]> next : publication.records()) {
            var unused = current.send(next, (metadata, failure) -> {
                if (failure instanceof RecordTooLargeException) {
                    tooLarge.add(next);
                } else if (failure instanceof TimeoutException timeout) {
                    late.set(timeout);
                }
            });
            TimeoutException timeout = late.get();
            if (timeout != null) {
                // Each further record would wait for max.block.ms again.
                throw timeout;
            }
        }
        current.sendOffsetsToTransaction(publication.offsets(), publication.group());
    }

    private CommitOutcome afterFailure(RuntimeException failure) {
        if (isTooLarge(failure)) {
            LOG.info(
                    "a record is larger than its topic takes ({}); a smaller one takes its place",
                    failure.getMessage());
        } else {
            outage.away(failure.getClass().getSimpleName() + ": " + failure.getMessage());
        }
        boolean committing = state == State.COMMITTING;
        if (committing && failure instanceof TimeoutException) {
            long now = System.nanoTime();
            doubtSince = doubtSince == null ? now : doubtSince;
            if (now - doubtSince < longestDoubt.toNanos()) {
                return CommitOutcome.IN_DOUBT;
            }
        }
        if (state == State.NEW && failure instanceof TimeoutException) {
            return CommitOutcome.NOT_COMMITTED;
        }
        if (state != State.NEW && abort()) {
            state = State.IDLE;
            return CommitOutcome.NOT_COMMITTED;
        }
        LOG.warn(
                "the producer {} cannot go on after {}; a new one takes its place",
                transactionalId,
                failure.toString());
        replace(committing);
        return CommitOutcome.NOT_COMMITTED;
    }

    /** True also before the callback has named the record; then the next attempt names it. */
    private boolean isTooLarge(RuntimeException failure) {
        return !tooLarge.isEmpty()
                || failure instanceof RecordTooLargeException
                || failure.getCause() instanceof RecordTooLargeException;
    }

    /** Aborts the transaction; false if this producer cannot even do that. */
    private boolean abort() {
        try {
            if (producer != null) {
                producer.abortTransaction();
            }
            return true;
        } catch (KafkaException | IllegalStateException fatal) {
            LOG.debug("the transaction could not be aborted", fatal);
            return false;
        }
    }

    private void replace(boolean committing) {
        doubtSince = null;
        unclear |= committing;
        close();
        state = State.NEW;
    }

    /**
     * Ends the producer without waiting. The next producer of its id, or the transaction's timeout, aborts what was not
     * committed.
     */
    @Override
    public void close() {
        if (measured != null) {
            measured.close();
            measured = null;
        }
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }
}
