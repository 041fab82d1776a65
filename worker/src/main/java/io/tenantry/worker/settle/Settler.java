package io.tenantry.worker.settle;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultId;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes to the ledger and the registry, a batch in each SQL transaction, and passes the poll thread what to
 * publish. A batch contains the outcomes that arrived during the previous transaction and for a moment after it. Has
 * one thread of its own; its methods may be called from any thread, and do not block.
 */
public final class Settler implements Outcomes, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final int LARGEST_BATCH = 500;
    /** Of results and attributes; one that is larger goes alone. */
    private static final long LARGEST_BATCH_BYTES = 2 << 20;

    private static final Duration IDLE = Duration.ofMillis(500);

    /**
     * A transaction costs the registry's disk the same whatever it holds. While further outcomes are on their way the next
     * one waits for so many times as long as the last one took.
     */
    private static final int LINGER_FACTOR = 10;

    private static final Duration LONGEST_LINGER = Duration.ofMillis(50);
    private static final Duration LINGER_STEP = Duration.ofMillis(2);

    /** {@link io.tenantry.worker.registry.Registry}. */
    public interface Books {
        List<Recorded> settle(List<LedgerEntry> entries, List<Registration> registrations, List<RequestRef> published)
                throws SQLException;

        void retract(List<RequestRef> unpublished) throws SQLException;
    }

    private record Retraction(RequestRef request, CompletableFuture<Void> done) {}

    /** What became of a request. */
    public record Answer(Request request, Settled settled) {}

    /** They become answers in their order: a result must not overtake an earlier one of the same tenant. */
    private sealed interface Incoming {
        Request request();

        /** What the registry is sent for it. */
        long bytes();
    }

    private record Finished(Request request, RequestOutcome outcome, LedgerEntry entry, CompletableFuture<Void> known)
            implements Incoming {
        @Override
        public long bytes() {
            long bytes = entry.result().data().length;
            for (Map.Entry<String, String> next :
                    outcome.registration().attributes().entrySet()) {
                bytes += next.getKey().length() + next.getValue().length();
            }
            return bytes;
        }
    }

    private record Known(Request request, Recorded recorded) implements Incoming {
        @Override
        public long bytes() {
            return 0;
        }
    }

    private final Books books;
    private final Meters meters;
    private final String source;
    private final Outage outage;
    private final BooleanSupplier others;
    private final Consumer<Error> fatal;
    private final EventCodec codec = new EventCodec();
    private final BlockingQueue<Incoming> incoming = new LinkedBlockingQueue<>();
    private final Queue<Answer> ready = new ConcurrentLinkedQueue<>();
    private final Queue<RequestRef> published = new ConcurrentLinkedQueue<>();
    private final Queue<Retraction> retractions = new ConcurrentLinkedQueue<>();
    private final Backlog backlog = new Backlog();
    /** Completes with the last outcome of the key. */
    private final Map<String, CompletableFuture<Void>> unknown = new ConcurrentHashMap<>();

    private final Thread thread;
    private volatile boolean closed;
    /** {@link System#nanoTime()}; for its own thread. */
    private long notBefore = System.nanoTime();

    /**
     * @param outage of the registry
     * @param source {@code ce_source} of the results
     * @param others whether further outcomes may be on their way
     * @param fatal told of an error after which the process must not go on
     */
    public Settler(
            Books books, Outage outage, Meters meters, String source, BooleanSupplier others, Consumer<Error> fatal) {
        this.others = others;
        this.books = books;
        this.meters = meters;
        this.source = source;
        this.outage = outage;
        this.fatal = fatal;
        this.thread = new Thread(this::run, "settler");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    @Override
    public void finished(Request request, RequestOutcome outcome) {
        if (!request.owned() && !outcome.succeeded()) {
            // The partition's new owner tries again; only what was done is worth telling it.
            abandoned(request);
            return;
        }
        RequestRef ref = request.ref();
        Event<?> event = new Event<>(
                ResultId.of(ref.source(), ref.id(), ref.type()),
                source,
                outcome.type(),
                outcome.result().finishedAt(),
                request.traceparent(),
                outcome.result());
        count(request, outcome);
        Finished finished =
                new Finished(request, outcome, new LedgerEntry(ref, codec.encode(event)), new CompletableFuture<>());
        unknown.put(request.key(), finished.known());
        backlog.add();
        incoming.add(finished);
    }

    private void count(Request request, RequestOutcome outcome) {
        TenantResult result = outcome.result();
        meters.requestFinished(
                request.data() instanceof TenantCreated ? "created" : "migration",
                result.outcome().wireName(),
                result.error() == null ? null : result.error().code().code(),
                Duration.ofNanos(System.nanoTime() - request.receivedNanos()));
        for (DatabaseResult home : result.databases()) {
            if (home.outcome() != Outcome.NOT_ATTEMPTED) {
                meters.homeFinished(home.database(), home.outcome().wireName(), Duration.ofMillis(home.durationMs()));
            }
        }
    }

    @Override
    public void answeredBefore(Request request, Recorded recorded) {
        backlog.add();
        incoming.add(new Known(request, recorded));
    }

    @Override
    public CompletableFuture<Void> known(String key) {
        return unknown.getOrDefault(key, CompletableFuture.completedFuture(null));
    }

    private void isKnown(Finished finished) {
        unknown.remove(finished.request().key(), finished.known());
        finished.known().complete(null);
    }

    @Override
    public void unanswerable(Request request, Throwable bug) {
        LOG.error("a bug: {} has no result and becomes a dead letter", request.ref(), bug);
        ready.add(new Answer(
                request, Settled.Dead.ofBug(Coordinates.of(request.ref()), "its outcome could not be told")));
    }

    @Override
    public void abandoned(Request request) {
        ready.add(new Answer(request, new Settled.Abandoned(Coordinates.of(request.ref()))));
    }

    /** Takes all that is ready to be published; for the poll thread. */
    public List<Answer> takeReady() {
        List<Answer> taken = new ArrayList<>();
        for (Answer next = ready.poll(); next != null; next = ready.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /** The results of these requests have reached Kafka; the next batch says so in the ledger. */
    public void published(List<RequestRef> requests) {
        published.addAll(requests);
    }

    /**
     * The result of this request cannot be published: the ledger forgets it, so that the request is new when it is sent
     * again. Its dead letter may be published when that is done, and not before: a worker that is killed between the two
     * has done neither for those who come next.
     */
    public CompletableFuture<Void> retract(RequestRef request) {
        Retraction retraction = new Retraction(request, new CompletableFuture<>());
        retractions.add(retraction);
        return retraction.done();
    }

    /** Whether every outcome so far is in the ledger, also of requests whose partition went away. */
    public boolean isWritten() {
        return backlog.isEmpty();
    }

    /** Waits until every outcome so far is ready to be published, or the time is over; false if it is over. */
    public boolean awaitReady(Duration atMost) {
        return backlog.awaitPassed(atMost);
    }

    private void run() {
        try {
            settleAll();
        } catch (InterruptedException stop) {
            LOG.debug("the settler ends", stop);
        }
        markTheLast();
    }

    private void settleAll() throws InterruptedException {
        while (!closed) {
            try {
                Incoming first = incoming.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
                List<Incoming> batch = new ArrayList<>();
                if (first != null) {
                    linger();
                    batch.add(first);
                    fill(batch);
                }
                if (first != null || !published.isEmpty()) {
                    settle(batch);
                }
                retract();
            } catch (OutOfMemoryError | LinkageError broken) {
                fatal.accept(broken);
                throw broken;
            } catch (RuntimeException | Error bug) {
                LOG.error("the settler failed on its way; it goes on with the next batch", bug);
            }
        }
    }

    private void fill(List<Incoming> batch) {
        long bytes = batch.get(0).bytes();
        @Nullable Incoming next = incoming.peek();
        while (next != null && batch.size() < LARGEST_BATCH && bytes + next.bytes() <= LARGEST_BATCH_BYTES) {
            batch.add(incoming.remove());
            bytes += next.bytes();
            next = incoming.peek();
        }
    }

    private void retract() throws InterruptedException {
        for (Retraction next = retractions.peek(); next != null && !closed; next = retractions.peek()) {
            try {
                books.retract(List.of(next.request()));
                outage.back();
                retracted();
            } catch (OutOfMemoryError | LinkageError broken) {
                throw broken;
            } catch (SQLException | RuntimeException failure) {
                if (SqlFailure.isAboutTheData(failure)) {
                    LOG.error(
                            "the registry does not forget {}, which becomes a dead letter; sent again, it has no answer",
                            next.request(),
                            failure);
                    retracted();
                } else {
                    outage.away(String.valueOf(failure.getMessage()));
                    Thread.sleep(outage.pause().orElse(Duration.ZERO).toMillis());
                }
            }
        }
    }

    private void retracted() {
        Retraction done = retractions.remove();
        done.done().complete(null);
    }

    private void linger() throws InterruptedException {
        while (System.nanoTime() - notBefore < 0 && others.getAsBoolean()) {
            Thread.sleep(LINGER_STEP.toMillis());
        }
    }

    /** What was published since the last batch: what is not marked is kept for twice as long. */
    private void markTheLast() {
        // Nothing else is waited for with this thread's interrupt.
        boolean unused = Thread.interrupted();
        List<RequestRef> marks = takePublished();
        if (marks.isEmpty()) {
            return;
        }
        try {
            books.settle(List.of(), List.of(), marks);
        } catch (SQLException | RuntimeException failure) {
            LOG.info("{} results are published, and not marked as such: {}", marks.size(), failure.getMessage());
        }
    }

    private void settle(List<Incoming> batch) throws InterruptedException {
        List<RequestRef> marks = takePublished();
        List<Finished> finished = batch.stream()
                .filter(Finished.class::isInstance)
                .map(Finished.class::cast)
                .toList();
        while (!closed) {
            try {
                long start = System.nanoTime();
                List<Answer> answers = write(batch, finished, marks);
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                notBefore = System.nanoTime() + Math.min(took.toNanos() * LINGER_FACTOR, LONGEST_LINGER.toNanos());
                outage.back();
                ready.addAll(answers);
                backlog.remove(batch.size());
                finished.forEach(this::isKnown);
                if (!finished.isEmpty()) {
                    meters.settled(finished.size(), took);
                }
                return;
            } catch (OutOfMemoryError | LinkageError broken) {
                throw broken;
            } catch (SQLException | RuntimeException | Error failure) {
                // No outcome is given up for anything else.
                if (SqlFailure.isAboutTheData(failure)) {
                    published.addAll(marks);
                    settleOneByOne(batch, failure);
                    return;
                }
                outage.away(String.valueOf(failure.getMessage()));
                Thread.sleep(outage.pause().orElse(Duration.ZERO).toMillis());
            }
        }
        published.addAll(marks);
    }

    private List<Answer> write(List<Incoming> batch, List<Finished> finished, List<RequestRef> marks)
            throws SQLException {
        List<Recorded> recorded = finished.isEmpty() && marks.isEmpty()
                ? List.of()
                : books.settle(
                        finished.stream().map(Finished::entry).toList(),
                        finished.stream()
                                .map(done -> done.outcome().registration())
                                .toList(),
                        marks);
        Iterator<Recorded> state = recorded.iterator();
        List<Answer> answers = new ArrayList<>();
        for (Incoming next : batch) {
            Settled settled = next instanceof Known known
                    ? decide(next.request(), known.recorded(), "was not run")
                    : decide(next.request(), state.next(), "was run at the same time");
            answers.add(new Answer(next.request(), settled));
        }
        return answers;
    }

    /** Finds the outcome that the registry refuses, so that it does not hold up the others. */
    private void settleOneByOne(List<Incoming> batch, Throwable failure) throws InterruptedException {
        if (batch.size() > 1) {
            for (Incoming one : batch) {
                settle(List.of(one));
            }
        } else if (batch.size() == 1) {
            Request request = batch.get(0).request();
            LOG.error(
                    "the registry refuses the outcome of {}; the request becomes a dead letter",
                    request.ref(),
                    failure);
            ready.add(new Answer(
                    request,
                    new Settled.Dead(
                            Coordinates.of(request.ref()),
                            ErrorCode.INTERNAL,
                            "the registry refuses the outcome: " + failure.getMessage())));
            backlog.remove(1);
            if (batch.get(0) instanceof Finished refused) {
                isKnown(refused);
            }
        } else {
            LOG.error("the registry refuses to note what was published; the ledger keeps it twice as long", failure);
            published.clear();
        }
    }

    private List<RequestRef> takePublished() {
        List<RequestRef> taken = new ArrayList<>();
        for (RequestRef next = published.poll(); next != null; next = published.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /** @param otherwise what became of the request if its identity is another one's */
    private Settled decide(Request request, Recorded recorded, String otherwise) {
        LedgerEntry entry = recorded.entry();
        Coordinates here = Coordinates.of(request.ref());
        if (!entry.result().key().equals(request.key())) {
            return new Settled.Dead(
                    here,
                    ErrorCode.INVALID_EVENT,
                    "the event's id " + request.ref().id() + " and source "
                            + request.ref().source()
                            + " were used before for " + entry.result().key() + "; this one, for " + request.key()
                            + ", " + otherwise + ": publish it again with an id of its own");
        }
        if (!Coordinates.of(entry.request()).equals(here)) {
            meters.duplicate();
            return new Settled.Silent(here);
        }
        return recorded.published() ? new Settled.Silent(here) : new Settled.Result(entry.request(), entry.result());
    }

    /** Stops the thread; what is not settled is read again from Kafka by whoever comes next. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
