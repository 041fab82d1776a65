package io.tenantry.worker.settle;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Incoming.AnsweredBefore;
import io.tenantry.worker.settle.Incoming.Finished;
import io.tenantry.worker.telemetry.LogFields;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.SettlingMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch in one transaction, together with the marks of what was published since the last one. If the registry
 * refuses a batch, the marks are written by themselves, and its outcomes one by one, so that only the one at fault becomes
 * a dead letter. For the settler's thread alone.
 */
final class BatchWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);

    /** Takes what was settled. */
    interface Receiver {
        /**
         * The batch is ready to be published.
         *
         * @param settled the requests of the batch, in its order
         */
        void settled(List<Incoming> batch, List<SettledRequest> settled);
    }

    private record Written(List<SettledRequest> settled, int outcomes, Duration took) {}

    private final SettlementStore store;
    private final RegistryCalls calls;
    private final PublishedResults published;
    private final Linger linger;
    private final SettlingMeters meters;
    private final Receiver receiver;
    private final LedgerRule rule;

    BatchWriter(
            SettlementStore store,
            RegistryCalls calls,
            PublishedResults published,
            Linger linger,
            Meters meters,
            Receiver receiver) {
        this.store = store;
        this.calls = calls;
        this.published = published;
        this.linger = linger;
        this.meters = meters.settling();
        this.receiver = receiver;
        this.rule = new LedgerRule(meters.requests());
    }

    /** Writes and hands over the batch, which may be empty; if the settler is closed first, nothing is handed over. */
    void write(List<Incoming> batch) throws InterruptedException {
        write(batch, published.takeAll());
    }

    private void write(List<Incoming> batch, List<RequestRef> marks) throws InterruptedException {
        try {
            Optional<Written> written = calls.untilAnswered(() -> transact(batch, marks));
            if (written.isPresent()) {
                handOver(batch, written.get());
            } else {
                published.addAll(marks);
            }
        } catch (RegistryCalls.RefusedException refusal) {
            if (marks.isEmpty()) {
                afterRefusal(batch, refusal);
            } else {
                writeMarks(marks);
                write(batch, List.of());
            }
        }
    }

    /** By themselves, so that outcomes are not refused because of them. */
    private void writeMarks(List<RequestRef> marks) throws InterruptedException {
        try {
            if (calls.untilAnswered(() -> transact(List.of(), marks)).isEmpty()) {
                published.addAll(marks);
            }
        } catch (RegistryCalls.RefusedException refusal) {
            LOG.error(
                    "the registry refuses to mark {} results as published; the ledger keeps them twice as long",
                    marks.size(),
                    refusal.getCause());
        }
    }

    /** Marks what was published since the last batch, if the registry answers at the first try. */
    void writeLastMarks() {
        List<RequestRef> marks = published.takeAll();
        if (marks.isEmpty()) {
            return;
        }
        try {
            store.settle(List.of(), List.of(), marks, List.of());
        } catch (SQLException | RuntimeException failure) {
            LOG.info(
                    "{} results are published and not marked as such ({}); the ledger keeps them twice as long",
                    marks.size(),
                    failure.getMessage());
        }
    }

    private Written transact(List<Incoming> batch, List<RequestRef> marks) throws SQLException {
        long start = System.nanoTime();
        List<Finished> finished = new ArrayList<>();
        for (Incoming next : batch) {
            if (next instanceof Finished outcome) {
                finished.add(outcome);
            }
        }
        List<RequestRef> repeated = repeatedOfRollouts(batch);
        List<Recorded> rows = finished.isEmpty() && marks.isEmpty() && repeated.isEmpty()
                ? List.of()
                : store.settle(
                        finished.stream().map(Finished::entry).toList(),
                        finished.stream()
                                .map(outcome -> outcome.outcome().registration())
                                .toList(),
                        marks,
                        repeated);
        List<SettledRequest> settled = settledBy(rows.iterator(), batch);
        return new Written(settled, finished.size(), Duration.ofNanos(System.nanoTime() - start));
    }

    /** A row of another key is no answer to the request, which becomes a dead letter. */
    private static List<RequestRef> repeatedOfRollouts(List<Incoming> batch) {
        List<RequestRef> repeated = new ArrayList<>();
        for (Incoming next : batch) {
            if (next instanceof AnsweredBefore known
                    && known.ofRollout()
                    && known.recorded()
                            .entry()
                            .result()
                            .key()
                            .equals(known.request().key())) {
                repeated.add(known.request().ref());
            }
        }
        return repeated;
    }

    private List<SettledRequest> settledBy(Iterator<Recorded> rows, List<Incoming> batch) {
        List<SettledRequest> settled = new ArrayList<>();
        for (Incoming next : batch) {
            Request request = next.request();
            Settled decision = next instanceof AnsweredBefore known
                    ? rule.ofAnsweredBefore(request, known.recorded())
                    : rule.ofFinished(request, rows.next());
            settled.add(new SettledRequest(request, decision));
        }
        return settled;
    }

    private void handOver(List<Incoming> batch, Written written) {
        linger.committed(written.took());
        receiver.settled(batch, written.settled());
        if (written.outcomes() > 0) {
            meters.settled(written.outcomes(), written.took());
        }
    }

    private void afterRefusal(List<Incoming> batch, RegistryCalls.RefusedException refusal)
            throws InterruptedException {
        if (batch.size() == 1) {
            toDeadLetter(batch.get(0), refusal);
        } else {
            for (Incoming one : batch) {
                write(List.of(one), List.of());
            }
        }
    }

    private void toDeadLetter(Incoming refused, RegistryCalls.RefusedException refusal) {
        Request request = refused.request();
        try (var unused = LogFields.of(request.ref(), request.key(), request.traceparent())
                .open()) {
            LOG.error(
                    "the registry refuses the outcome of {}; the request becomes a dead letter",
                    request.ref(),
                    refusal.getCause());
        }
        Settled dead = new Settled.Dead(
                Coordinates.of(request.ref()),
                ErrorCode.INTERNAL,
                "the registry refuses the outcome: " + refusal.getMessage());
        receiver.settled(List.of(refused), List.of(new SettledRequest(request, dead)));
    }
}
