package io.tenantry.worker.intake;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.telemetry.LogFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns records into requests. Every record ends as a started or parked request or as a dead letter, also if the worker
 * itself has a bug. For the poll thread alone.
 */
final class RecordHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RecordHandler.class);

    /** {@link io.tenantry.contracts.EventCodec#decode}. */
    interface Decoder {
        Event<?> decode(ConsumerRecord<byte[], byte[]> received, Topic topic) throws InvalidEventException;
    }

    private final TopicNames topics;
    private final Decoder decoder;
    private final Consumer<InFlight.Entry> start;
    private final InFlight inFlight;
    private final BiConsumer<Settled, ConsumerRecord<byte[], byte[]>> answer;
    private final LongSupplier nanoTime;

    /**
     * @param start brings a request to its lane
     * @param answer takes dead letters
     */
    RecordHandler(
            TopicNames topics,
            Decoder decoder,
            Consumer<InFlight.Entry> start,
            InFlight inFlight,
            BiConsumer<Settled, ConsumerRecord<byte[], byte[]>> answer,
            LongSupplier nanoTime) {
        this.topics = topics;
        this.decoder = decoder;
        this.start = start;
        this.inFlight = inFlight;
        this.answer = answer;
        this.nanoTime = nanoTime;
    }

    /** Takes a record that is neither settled nor in progress. */
    void receive(ConsumerRecord<byte[], byte[]> received) {
        Coordinates coordinates = Coordinates.of(received);
        try {
            InFlight.Entry entry = inFlight.admit(received, decode(received));
            if (entry != null && inFlight.add(coordinates, entry)) {
                start(entry);
            }
        } catch (InvalidEventException invalid) {
            inFlight.unpark(coordinates);
            try (var unused = ReceivedFields.of(received).open()) {
                LOG.warn(
                        "{} offset {} becomes a dead letter: {}",
                        coordinates.partition(),
                        received.offset(),
                        invalid.getMessage());
            }
            answer.accept(
                    new Settled.Dead(coordinates, ErrorCode.INVALID_EVENT, String.valueOf(invalid.getMessage())),
                    received);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            toDeadLetter(received, ReceivedFields.of(received), bug);
        }
    }

    /**
     * Takes a parked request whose record Kafka has deleted meanwhile.
     *
     * @param key of the record
     */
    void deletedByKafka(Coordinates coordinates, String key) {
        TopicPartition partition = coordinates.partition();
        try (var unused = LogFields.of(partition.topic(), partition.partition(), coordinates.offset())
                .and(LogFields.TENANT, key)
                .open()) {
            LOG.warn(
                    "{} offset {}, for {}, was deleted by Kafka before there was room for it; it becomes a dead letter",
                    partition,
                    coordinates.offset(),
                    key);
        }
        answer.accept(
                new Settled.Dead(
                        coordinates,
                        ErrorCode.INTERNAL,
                        "Kafka deleted this record before the worker had room for it; nothing was done: publish the"
                                + " request again, and let the topic keep its records for longer"),
                new ConsumerRecord<>(
                        partition.topic(),
                        partition.partition(),
                        coordinates.offset(),
                        key.getBytes(StandardCharsets.UTF_8),
                        null));
    }

    /** Starts the requests that waited for another one of their identity, which is answered now. */
    void startWaiting() {
        for (List<InFlight.Entry> next = inFlight.takeStartable(); !next.isEmpty(); next = inFlight.takeStartable()) {
            next.forEach(this::start);
        }
    }

    private void start(InFlight.Entry entry) {
        try {
            start.accept(entry);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            Request request = entry.request();
            inFlight.remove(Coordinates.of(entry.received()), request);
            toDeadLetter(entry.received(), LogFields.of(request.ref(), request.key(), request.traceparent()), bug);
        }
    }

    /** The same record would meet the same bug again: another attempt would only hold up the partition. */
    private void toDeadLetter(ConsumerRecord<byte[], byte[]> received, LogFields fields, Throwable bug) {
        Coordinates coordinates = Coordinates.of(received);
        inFlight.unpark(coordinates);
        try (var unused = fields.open()) {
            LOG.error("a bug: {} offset {} becomes a dead letter", coordinates.partition(), received.offset(), bug);
        }
        answer.accept(Settled.Dead.ofBug(coordinates, "this record could not be taken in"), received);
    }

    private Request decode(ConsumerRecord<byte[], byte[]> received) throws InvalidEventException {
        Event<?> event = decoder.decode(received, topics.request(received.topic()));
        RequestRef ref = new RequestRef(
                event.id(),
                event.source(),
                event.type().type(),
                received.topic(),
                received.partition(),
                received.offset());
        long receivedNanos = inFlight.receivedNanos(Coordinates.of(ref), nanoTime.getAsLong());
        return new Request(
                ref, (TenantRequest) event.data(), event.traceparent(), receivedNanos, inFlight.patience(ref));
    }
}
