package io.tenantry.worker.intake;

import io.tenantry.worker.intake.admission.Admission;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.admission.ParkedReport;
import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.backlog.OutstandingRequests;
import io.tenantry.worker.intake.client.ConsumerSettings;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.offsets.CommittedOffsets;
import io.tenantry.worker.intake.offsets.OpenRequests;
import io.tenantry.worker.intake.poll.GuardedPoll;
import io.tenantry.worker.intake.poll.UnreadablePartitions;
import io.tenantry.worker.intake.publish.Batch;
import io.tenantry.worker.intake.publish.Publishing;
import io.tenantry.worker.intake.publish.RolloutBatch;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.IntakeMeters;
import io.tenantry.worker.telemetry.LibraryMeters;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls requests, hands them to their lanes, and publishes what is settled. The one thread that runs it is the only one
 * that touches the consumer and the producer; it never waits for a database, a lock or a task.
 *
 * <p>A turn of the loop polls records, admits their requests or parks them, takes what is settled, and commits results
 * and offsets together. If polling fails, the turn still settles and commits; if that fails, the next turn
 * polls.
 */
public final class PollLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    /** How long a poll waits while results are on their way. */
    private static final Duration BUSY_POLL = Duration.ofMillis(5);

    private static final Duration IDLE_POLL = Duration.ofMillis(200);
    private static final Duration LEAVING = Duration.ofSeconds(2);

    private final PollLoopParts parts;
    private final TopicNames topics;
    private final Consumer<byte[], byte[]> consumer;
    private final LibraryMeters.Bound measured;
    private final Assignment assignment;
    private final Backpressure backpressure;
    private final Steering steering;
    private final GuardedPoll guarded;
    private final Admission admission;
    private final Rereading rereading;
    private final InFlight inFlight;
    private final Publishing publishing;
    private final KafkaWatch watch;
    private final GroupMembership membership;
    private final RolloutIntake rollouts;
    private final Receiver receiver;
    private final Committer committer;
    private final Drain drain;
    private final OutstandingRequests outstanding;

    /** Connects when it is run. */
    public PollLoop(PollLoopParts parts) {
        this.parts = parts;
        this.topics = new TopicNames(parts.kafka());
        this.consumer = new KafkaConsumer<>(ConsumerSettings.of(parts.kafka()));
        this.measured = parts.meters().libraries().consumer(consumer);
        IntakeMeters meters = parts.meters().intake();
        CommittedOffsets offsets = new CommittedOffsets(consumer, this::offsetsMissing, parts.nanoTime());
        this.assignment =
                new Assignment(consumer, new PartitionChanges(), new OpenRequests(meters, parts.nanoTime()), offsets);
        this.publishing = new Publishing(
                new Publishing.Batches(
                        new Batch(topics),
                        new RolloutBatch(
                                parts.rollouts(), topics, parts.meters().rollouts())),
                assignment,
                parts.publisher(),
                parts.settler(),
                parts.meters().settling(),
                parts.memory().unpublished());
        this.admission = new Admission(parts.servers(), parts.memory(), parts.nanoTime());
        this.rereading = new Rereading(consumer, admission, parts.nanoTime());
        this.inFlight = new InFlight(admission);
        this.membership = new GroupMembership(consumer, parts.kafka().groupProtocol());
        this.guarded = new GuardedPoll(
                consumer,
                new TrackedPositions(assignment, rereading),
                membership::failed,
                new UnreadablePartitions(this::unreadable, parts.nanoTime()),
                parts.nanoTime());
        RecordHandlers handlers = RecordHandlers.of(parts, topics, inFlight, publishing::add);
        this.rollouts = handlers.rollouts();
        this.backpressure =
                new Backpressure(consumer, assignment, admission, rereading, guarded, rollouts, publishing::isFull);
        this.receiver = new Receiver(consumer, assignment, admission, rereading, handlers);
        this.steering = new Steering(
                assignment,
                guarded,
                rereading,
                admission,
                receiver,
                new ParkedReport(admission, parts.nanoTime()),
                backpressure);
        this.committer = new Committer(consumer, parts.settler(), admission, handlers, publishing, parts.saturation());
        this.watch = new KafkaWatch(consumer, parts.alarms().kafka());
        this.drain = new Drain(parts.lanes(), parts.nanoTime());
        this.outstanding = new OutstandingRequests(
                parts.kafka(),
                assignment,
                parts.meters().backlog(),
                parts.nanoTime(),
                parts.alarms().fatal());
        meters.inFlight(inFlight::size);
        meters.parked(admission::parked);
        meters.pausedPartitions(backpressure::paused);
        meters.unreadablePartitions(guarded::unreadable);
        meters.unknownOffsets(offsets::size);
    }

    /**
     * Stops reading, finishes what runs, settles it, and ends the loop; at the latest when the time is over. May be
     * called from any thread, and returns at once.
     */
    public void stop(Duration atMost) {
        drain.start(atMost);
    }

    @Override
    public void run() {
        try {
            outstanding.start();
            parts.publisher().prepare(topics.results());
            consumer.subscribe(topics.requests(), assignment);
            while (!drain.isOver(committer::isDone)) {
                turn();
            }
            if (inFlight.size() > 0) {
                LOG.warn(
                        "{} requests were not finished in time; the next owner of their partitions reads them again",
                        inFlight.size());
            }
        } catch (InterruptException stop) {
            LOG.warn("the poll loop was interrupted; what is not settled is read again by the next owner");
        } catch (RuntimeException bug) {
            parts.alarms().health().dead();
            throw bug;
        } catch (Error broken) {
            // Told before the consumer is closed, which may fail with the same error.
            parts.alarms().fatal().accept(broken);
            throw broken;
        } finally {
            measured.close();
            outstanding.close();
            try {
                consumer.close(CloseOptions.timeout(LEAVING));
            } finally {
                assignment.close();
            }
        }
    }

    private void turn() {
        attempt(this::pollAndAdmit);
        parts.lanes().inFlight(inFlight.size(), inFlight.signups());
        attempt(committer::settleAndCommit);
        outstanding.look();
        if (!drain.isOn() && membership.isLost()) {
            parts.alarms().expelled().run();
        }
    }

    private void attempt(Runnable half) {
        try {
            half.run();
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException failure) {
            watch.failed(failure);
        }
    }

    private void pollAndAdmit() {
        if (drain.isOn()) {
            rollouts.drain();
        }
        steering.beforePoll(drain.isOn());
        boolean busy = inFlight.size() > 0 || rollouts.isActive() || !publishing.isEmpty() || guarded.isLooking();
        receiver.receive(guarded.poll(busy ? BUSY_POLL : IDLE_POLL));
        throwIfAny(assignment.takeThrown());
        throwIfAny(guarded.takeUnexplained());
        if (!guarded.isLooking()) {
            watch.look();
        }
    }

    private static void throwIfAny(@Nullable RuntimeException failure) {
        if (failure != null) {
            throw failure;
        }
    }

    private void unreadable(boolean any) {
        parts.alarms().health().set(Health.Condition.PARTITIONS, any);
    }

    private void offsetsMissing(boolean any) {
        parts.alarms().health().set(Health.Condition.OFFSETS, any);
    }

    /** Cleans up after partitions that went away, after what can still be committed is committed. */
    private final class PartitionChanges implements Assignment.Listener {
        @Override
        public void leaving() {
            committer.settleAndCommitNow(LEAVING);
        }

        @Override
        public void left(Set<TopicPartition> partitions) {
            guarded.drop(partitions);
            inFlight.drop(partitions);
            admission.drop(partitions);
            rereading.drop(partitions);
            rollouts.left(partitions);
            publishing.drop(partitions);
            backpressure.left();
            outstanding.left();
        }

        @Override
        public void arrived(Set<TopicPartition> partitions) {
            membership.joined();
            outstanding.arrived();
            parts.alarms().health().ready(true);
        }

        @Override
        public void known(Map<TopicPartition, OptionalLong> eventPositions) {
            rollouts.known(eventPositions);
        }
    }
}
