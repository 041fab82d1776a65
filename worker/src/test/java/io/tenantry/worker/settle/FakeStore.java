package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A ledger in memory, where the first one wins; it fails when the test says so. */
final class FakeStore implements SettlementStore {
    private final Map<String, Recorded> rows = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger begun = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile String refused = "";

    /** How many entries each had. */
    final List<Integer> batches = new CopyOnWriteArrayList<>();

    /** Calls of {@link #retract}. */
    final AtomicInteger retractions = new AtomicInteger();

    /** What rollouts were told of results. */
    final List<RolloutAnswer> answers = new CopyOnWriteArrayList<>();

    /** What rollouts were told of dead letters. */
    final List<RolloutAnswer> dead = new CopyOnWriteArrayList<>();

    /** Requests of rollouts that were not run. */
    final List<RequestRef> repeated = new CopyOnWriteArrayList<>();

    final List<RequestRef> published = new CopyOnWriteArrayList<>();

    /** What the next call throws. */
    FakeStore failing(Throwable failure) {
        failures.add(failure);
        return this;
    }

    /** Every call with this request fails, because of what is in it. */
    FakeStore refusing(String id) {
        refused = id;
        return this;
    }

    /** Calls wait until {@link #open}. */
    FakeStore closed() {
        gate = new CountDownLatch(1);
        return this;
    }

    /** Calls that have begun. */
    int begun() {
        return begun.get();
    }

    void open() {
        gate.countDown();
    }

    @Override
    public void retract(RequestRef unpublished, Optional<RolloutAnswer> instead) throws SQLException {
        retractions.incrementAndGet();
        if (failures.poll() instanceof SQLException refusal) {
            throw refusal;
        }
        rows.remove(identity(unpublished));
        instead.ifPresent(dead::add);
    }

    @Override
    public void died(RolloutAnswer member) throws SQLException {
        if (failures.poll() instanceof SQLException refusal) {
            throw refusal;
        }
        dead.add(member);
    }

    private static String identity(RequestRef request) {
        return request.source() + " " + request.id() + " " + request.type();
    }

    @Override
    public List<Recorded> settle(
            List<LedgerEntry> entries,
            List<Registration> registrations,
            List<RequestRef> marks,
            List<RequestRef> repeats)
            throws SQLException {
        begun.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", "57014", interrupted);
        }
        Throwable failure = failures.poll();
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException bug) {
            throw bug;
        } else if (failure instanceof SQLException refusal) {
            throw refusal;
        }
        if (entries.stream().anyMatch(entry -> entry.request().id().equals(refused))
                || marks.stream().anyMatch(mark -> mark.id().equals(refused))) {
            throw new SQLException("invalid byte sequence for encoding \"UTF8\": 0x00", "22021");
        }
        batches.add(entries.size());
        published.addAll(marks);
        repeated.addAll(repeats);
        List<Recorded> state = new ArrayList<>();
        for (LedgerEntry entry : entries) {
            if (entry.answer() != null) {
                answers.add(entry.answer());
            }
            String identity = identity(entry.request());
            rows.putIfAbsent(identity, new Recorded(entry, false));
            state.add(rows.get(identity));
        }
        return state;
    }
}
