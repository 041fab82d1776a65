package io.tenantry.worker.intake;

import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.intake.admission.InFlight;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.telemetry.LogFields;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns records of the tenants' topics into requests. Every record ends as a started or parked request or as a dead letter,
 * also if the worker itself has a bug. For the poll thread alone.
 */
final class RecordHandler {
    private final RecordDecoder decoder;
    private final Consumer<InFlight.Entry> start;
    private final InFlight inFlight;
    private final DeadLetters deadLetters;
    private final LongSupplier nanoTime;

    /** @param start brings a request to its lane */
    RecordHandler(
            RecordDecoder decoder,
            Consumer<InFlight.Entry> start,
            InFlight inFlight,
            DeadLetters deadLetters,
            LongSupplier nanoTime) {
        this.decoder = decoder;
        this.start = start;
        this.inFlight = inFlight;
        this.deadLetters = deadLetters;
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
            deadLetters.invalid(received, invalid);
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
     * @param ofRollout its identity, if it may be a rollout's; null otherwise
     */
    void deletedByKafka(Coordinates coordinates, String key, @Nullable RequestRef ofRollout) {
        deadLetters.deletedByKafka(coordinates, key, ofRollout);
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

    private void toDeadLetter(ConsumerRecord<byte[], byte[]> received, LogFields fields, Throwable bug) {
        inFlight.unpark(Coordinates.of(received));
        deadLetters.ofBug(received, fields, bug);
    }

    private Request decode(ConsumerRecord<byte[], byte[]> received) throws InvalidEventException {
        RecordDecoder.Decoded decoded = decoder.decode(received);
        long receivedNanos = inFlight.receivedNanos(Coordinates.of(received), nanoTime.getAsLong());
        return new Request(
                decoded.ref(),
                (TenantRequest) decoded.event().data(),
                decoded.event().traceparent(),
                receivedNanos,
                inFlight.patience(decoded.ref()));
    }
}
