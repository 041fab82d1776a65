package io.tenantry.worker.intake;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.settle.SettledRequest;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls requests, hands them to their lanes, and publishes what is settled. The one thread that runs it is the only one
 * that touches the consumer and the producer; it never waits for a database, a lock or a task.
 */
public final class PollLoop implements Runnable, Assignment.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    /** How long a poll waits while results are on their way. */
    private static final Duration BUSY_POLL = Duration.ofMillis(5);

    private static final Duration IDLE_POLL = Duration.ofMillis(200);
    private static final Duration LEAVING = Duration.ofSeconds(2);

    /**
     * What the loop works with.
     *
     * @param task makes the task that brings a request to its outcome
     * @param servers the names of the servers that a request needs; empty if only the registry knows them
     * @param memory how many bytes are used for what
     */
    public record Parts(
            KafkaSettings kafka,
            Function<Request, Task> task,
            Function<TenantRequest, Set<String>> servers,
            MemoryLimits memory,
            Lanes lanes,
            Settler settler,
            Publisher publisher,
            Meters meters,
            Alarms alarms,
            LongSupplier nanoTime) {}

    /**
     * Whom it tells when something is wrong.
     *
     * @param kafka when no broker answers
     * @param expelled when this consumer is no member of the group any more and cannot become one again; a new one may
     * @param fatal of an error after which the process must not go on
     */
    public record Alarms(Outage kafka, Health health, Runnable expelled, java.util.function.Consumer<Error> fatal) {}

    private final Parts parts;
    private final TopicNames topics;
    private final Consumer<byte[], byte[]> consumer;
    private final Assignment assignment;
    private final Backpressure backpressure;
    private final GuardedPoll guarded;
    private final Admission admission;
    private final Rereading rereading;
    private final ParkedReport parkedReport;
    private final InFlight inFlight;
    private final Publishing publishing;
    private final KafkaWatch watch;
    private final GroupMembership membership;
    private final RecordHandler handler;
    private final Drain drain;

    /** Connects when it is run. */
    public PollLoop(Parts parts) {
        this.parts = parts;
        this.topics = new TopicNames(parts.kafka());
        this.consumer = new KafkaConsumer<>(ConsumerSettings.of(parts.kafka()));
        this.assignment = new Assignment(consumer, this);
        this.publishing = new Publishing(
                new Batch(topics),
                assignment,
                parts.publisher(),
                parts.settler(),
                parts.meters(),
                parts.memory().unpublished());
        this.admission = new Admission(parts.servers(), parts.memory(), parts.nanoTime());
        this.rereading = new Rereading(consumer, admission, parts.nanoTime());
        this.parkedReport = new ParkedReport(admission, parts.nanoTime());
        this.inFlight = new InFlight(admission);
        this.membership = new GroupMembership(consumer, parts.kafka().groupProtocol());
        this.guarded = new GuardedPoll(consumer, new ReadPositions(), membership::failed, parts.nanoTime());
        this.backpressure = new Backpressure(consumer, assignment, admission, rereading, guarded, publishing::isFull);
        this.handler = new RecordHandler(
                topics,
                new EventCodec()::decode,
                entry -> parts.lanes().submit(new CountedTask(parts.task().apply(entry.request()), entry.place())),
                inFlight,
                publishing::add,
                parts.nanoTime());
        this.watch = new KafkaWatch(consumer, parts.alarms().kafka());
        this.drain = new Drain(parts.lanes(), parts.nanoTime());
        parts.meters().inFlight(inFlight::size);
        parts.meters().parked(admission::parked);
        parts.meters().pausedPartitions(backpressure::paused);
        parts.meters().unreadablePartitions(guarded::unreadable);
    }

    /** Stops reading, finishes what runs, settles it, and ends the loop; at the latest when the time is over. */
    public void stop(Duration atMost) {
        drain.start(atMost);
    }

    @Override
    public void run() {
        try {
            parts.publisher().prepare(topics.results());
            consumer.subscribe(topics.requests(), assignment);
            while (!drain.isOver(this::isAllSettled)) {
                turn();
            }
            if (inFlight.size() > 0) {
                LOG.warn(
                        "{} requests were not finished in time; they are read again by whoever comes next",
                        inFlight.size());
            }
        } catch (InterruptException stop) {
            LOG.warn("the poll loop was interrupted; what is not settled is read again by whoever comes next");
        } catch (RuntimeException bug) {
            parts.alarms().health().dead();
            throw bug;
        } catch (Error broken) {
            // Before the consumer is closed, which meets it again perhaps.
            parts.alarms().fatal().accept(broken);
            throw broken;
        } finally {
            consumer.close(CloseOptions.timeout(LEAVING));
        }
    }

    private boolean isAllSettled() {
        return inFlight.size() == 0 && publishing.isEmpty() && parts.settler().isWritten();
    }

    private void turn() {
        attempt(this::read);
        attempt(this::answer);
        if (!drain.isOn() && membership.isLost()) {
            parts.alarms().expelled().run();
        }
    }

    /** A failure of one part of a turn, as of reading, does not keep the loop from the other, as from publishing. */
    private void attempt(Runnable part) {
        try {
            part.run();
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException failure) {
            watch.failed(failure);
        }
    }

    private void read() {
        assignment.readCommitted();
        guarded.steer();
        rereading.jumpedOver(guarded::holds).forEach(this::bury);
        rereading.steer(guarded::holds);
        admission.keepRoom(partition -> guarded.holds(partition) || rereading.isStuck(partition));
        parkedReport.look();
        backpressure.apply(drain.isOn());
        boolean busy = inFlight.size() > 0 || !publishing.isEmpty() || guarded.isLooking();
        receive(guarded.poll(busy ? BUSY_POLL : IDLE_POLL));
        RuntimeException unexplained = guarded.takeUnexplained();
        if (unexplained != null) {
            throw unexplained;
        }
        if (!guarded.isLooking()) {
            watch.look();
        }
        showUnreadable();
    }

    private void showUnreadable() {
        if (guarded.unreadable() > 0) {
            parts.alarms().health().raise(Health.Condition.PARTITIONS);
        } else {
            parts.alarms().health().clear(Health.Condition.PARTITIONS);
        }
    }

    private void answer() {
        settle();
        if (inFlight.size() == 0 || publishing.isDue()) {
            publishing.publish(consumer.groupMetadata());
        }
    }

    private void receive(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>(records.nextOffsets());
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> received : records.records(partition)) {
                if (rereading.covers(partition, received.offset())) {
                    receiveAgain(received);
                } else if (assignment.hasRoomFor(Coordinates.of(received))) {
                    receive(received);
                } else {
                    goBack(partition, received.offset());
                    positions.remove(partition);
                    break;
                }
            }
        }
        records.nextOffsets()
                .forEach((partition, next) -> burySome(partition, next.offset(), records.records(partition)));
        positions.forEach((partition, next) -> assignment.passOver(partition, next.offset()));
    }

    private void goBack(TopicPartition partition, long offset) {
        try {
            consumer.seek(partition, offset);
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException failure) {
            // The consumer is past records that nobody has: whoever comes next reads them.
            throw new IllegalStateException(partition + " cannot be read again from " + offset, failure);
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> received) {
        Coordinates coordinates = Coordinates.of(received);
        if (assignment.receive(coordinates) && !inFlight.has(coordinates) && !admission.isParked(coordinates)) {
            handler.receive(received);
        }
    }

    private void receiveAgain(ConsumerRecord<byte[], byte[]> received) {
        if (admission.isParked(Coordinates.of(received))) {
            handler.receive(received);
        }
    }

    /** What was parked and is not there any more has no other end. */
    private void burySome(TopicPartition partition, long position, List<ConsumerRecord<byte[], byte[]>> records) {
        if (!rereading.isUnderWay(partition)) {
            return;
        }
        Set<Long> seen = records.stream().map(ConsumerRecord::offset).collect(Collectors.toSet());
        for (long offset : rereading.passed(partition, position, seen)) {
            bury(new Coordinates(partition, offset));
        }
    }

    private void bury(Coordinates coordinates) {
        String key = admission.forget(coordinates);
        if (key != null) {
            handler.lost(coordinates, key);
        }
    }

    private void settle() {
        for (SettledRequest answer : parts.settler().takeReady()) {
            Settled settled = answer.settled();
            InFlight.Entry entry = inFlight.remove(settled.coordinates(), answer.request());
            // Without one, its partition went away; the ledger has what was done.
            if (entry != null && !(settled instanceof Settled.Abandoned)) {
                publishing.add(settled, entry.received());
            }
        }
        admission.parkRefused(inFlight);
        handler.startWaiting();
    }

    @Override
    public void leaving() {
        parts.settler().awaitReady(LEAVING);
        settle();
        publishing.publish(consumer.groupMetadata());
    }

    @Override
    public void left(Set<TopicPartition> partitions) {
        guarded.drop(partitions);
        inFlight.drop(partitions);
        admission.drop(partitions);
        rereading.drop(partitions);
        publishing.drop(partitions);
    }

    @Override
    public void arrived(Set<TopicPartition> partitions) {
        membership.joined();
        parts.alarms().health().ready(true);
    }

    private final class ReadPositions implements GuardedPoll.Positions {
        @Override
        public boolean isKnown(TopicPartition partition) {
            return !assignment.isUnread(partition);
        }

        @Override
        public @Nullable Long next(TopicPartition partition) {
            return assignment.next(partition);
        }

        @Override
        public void held(TopicPartition partition) {
            rereading.drop(Set.of(partition));
        }
    }
}
