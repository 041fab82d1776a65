package io.tenantry.worker.settle;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.rollout.MemberState;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes to the ledger and the registry, a batch in each SQL transaction, and passes the poll thread what to
 * publish. The way of a request through it:
 *
 * <ol>
 *   <li>The thread of a lane calls {@link #finished} or {@link #answeredBefore}: the request joins the
 *       {@link IncomingQueue}. A failure of a request whose partition went away ends here: its new owner runs it again.
 *       A success of such a request is written all the same, and the new owner gets it from the ledger.
 *   <li>The settler's own thread takes a batch from the queue, in order, and writes it ({@link BatchWriter}). By the
 *       rows of the ledger it decides what each request gets, so that each identity has one result ({@link
 *       LedgerRule}).
 *   <li>The poll thread takes what is ready, in the same order, and publishes it with the offsets.
 *   <li>The poll thread calls {@link #published}; the next batch marks these results in the ledger. Or it calls
 *       {@link #retract}, if a result cannot be published ({@link DeadLetterWrites}).
 * </ol>
 *
 * Where nothing else is said, any thread may call its methods. Only {@link #awaitReady} and {@link #close} block.
 */
public final class Settler implements Outcomes, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final ResultEncoder results;
    private final Consumer<Error> fatal;
    private final IncomingQueue incoming;
    private final UnwrittenKeys unwritten = new UnwrittenKeys();
    private final Queue<SettledRequest> ready = new ConcurrentLinkedQueue<>();
    private final PublishedResults published = new PublishedResults();
    private final String source;
    private final DeadLetterWrites deadLetters;
    private final BatchWriter writer;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts its thread.
     *
     * @param outage of the registry
     * @param source {@code ce_source} of the results
     * @param saturation reached only while further outcomes may come soon
     * @param fatal told of an error after which the process must not go on
     */
    public Settler(
            SettlementStore store,
            Outage outage,
            Meters meters,
            String source,
            Saturation saturation,
            Consumer<Error> fatal) {
        this(store, outage, meters, source, new Linger(saturation, System::nanoTime), fatal);
    }

    /** The same with another clock for the pauses. */
    Settler(SettlementStore store, Outage outage, Meters meters, String source, Linger linger, Consumer<Error> fatal) {
        this.source = source;
        this.results = new ResultEncoder(source, meters.requests());
        this.fatal = fatal;
        this.incoming = new IncomingQueue(linger);
        RegistryCalls calls = new RegistryCalls(outage, () -> closed);
        this.deadLetters = new DeadLetterWrites(store, calls);
        this.writer = new BatchWriter(store, calls, published, linger, meters, this::settled);
        this.thread = new Thread(this::run, "settler");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    @Override
    public void finished(Request request, RequestOutcome outcome) {
        if (!request.owned() && !outcome.succeeded()) {
            abandoned(request);
            return;
        }
        request.ended(System.nanoTime());
        LedgerEntry entry = results.encode(request, outcome);
        OutcomeLog.log(request, outcome.result(), Duration.ofNanos(request.endedNanos() - request.receivedNanos()));
        incoming.add(new Incoming.Finished(request, outcome, entry, unwritten.add(request.key())));
    }

    @Override
    public void answeredBefore(Request request, Recorded recorded) {
        request.ended(System.nanoTime());
        incoming.add(new Incoming.AnsweredBefore(request, recorded, results.isOfRollout(request)));
    }

    @Override
    public void unanswerable(Request request, Throwable bug) {
        LOG.error("a bug: {} has no result and becomes a dead letter", request.ref(), bug);
        ready.add(new SettledRequest(
                request, Settled.Dead.ofBug(Coordinates.of(request.ref()), "its outcome could not be told")));
    }

    @Override
    public void abandoned(Request request) {
        ready.add(new SettledRequest(request, new Settled.Abandoned(Coordinates.of(request.ref()))));
    }

    @Override
    public CompletableFuture<Void> whenWritten(String key) {
        return unwritten.whenWritten(key);
    }

    /** Takes all that is ready to be published, in order. For the poll thread. */
    public List<SettledRequest> takeReady() {
        List<SettledRequest> taken = new ArrayList<>();
        for (SettledRequest next = ready.poll(); next != null; next = ready.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /** These results are in Kafka; the next batch marks them in the ledger as published. For the poll thread. */
    public void published(List<RequestRef> requests) {
        published.addAll(requests);
    }

    /**
     * The result of this request cannot be published: the ledger forgets it, so that the request is new when it is sent
     * again. For the poll thread.
     *
     * @return completes when the ledger has forgotten it. Only then may the dead letter be published: a worker that is
     *     killed in between has neither published nor kept anything, and the next one begins again
     */
    public CompletableFuture<Void> retract(RequestRef request) {
        return deadLetters.retract(
                request,
                request.source().equals(source)
                        ? Optional.of(dead(request.id(), ErrorCode.INTERNAL))
                        : Optional.empty());
    }

    /**
     * A record becomes a dead letter. If a rollout has sent it, the rollout is told that its request has failed. For the
     * poll thread.
     *
     * @param id {@code ce_id} of the record; null if it has none
     * @param source {@code ce_source} of the record; null if it has none
     * @return completes when the registry has that. Only then may the dead letter be published; otherwise a kill in between
     *     would leave a rollout that never ends
     */
    public CompletableFuture<Void> died(@Nullable String id, @Nullable String source, ErrorCode code) {
        return id == null || !this.source.equals(source)
                ? CompletableFuture.completedFuture(null)
                : deadLetters.died(dead(id, code));
    }

    private static RolloutAnswer dead(String id, ErrorCode code) {
        return new RolloutAnswer(id, MemberState.FAILED, code);
    }

    /** Whether every outcome so far is in the ledger, also of partitions that went away. For the poll thread. */
    public boolean isWritten() {
        return incoming.isSettled();
    }

    /** Waits until every outcome so far is ready; false if the time was over first. For the poll thread. */
    public boolean awaitReady(Duration atMost) {
        return incoming.awaitSettled(atMost);
    }

    private void run() {
        try {
            while (!closed) {
                settleNext();
            }
        } catch (InterruptedException stop) {
            LOG.debug("the settler ends", stop);
        }
        // The interrupt has ended the wait it was meant for; it must not end the last transaction.
        boolean unused = Thread.interrupted();
        writer.writeLastMarks();
    }

    private void settleNext() throws InterruptedException {
        try {
            List<Incoming> batch = incoming.takeBatch();
            if (!batch.isEmpty() || !published.isEmpty()) {
                writer.write(batch);
            }
            deadLetters.writeAll();
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error("a bug: the settler failed; it goes on with the next batch", bug);
        }
    }

    private void settled(List<Incoming> batch, List<SettledRequest> settled) {
        ready.addAll(settled);
        incoming.settled(batch.size());
        for (Incoming next : batch) {
            if (next instanceof Incoming.Finished finished) {
                unwritten.written(finished.request().key(), finished.written());
            }
        }
    }

    /** Stops the thread; what is not settled is read again from Kafka by the next owner of its partition. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
