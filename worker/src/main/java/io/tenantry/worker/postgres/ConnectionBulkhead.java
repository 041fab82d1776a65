package io.tenantry.worker.postgres;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Caps what works on one server at once, by permits, one for each connection that the work needs at the same time. It has
 * as many as the whole group may have; those that are not this worker's share are withheld. Who finds none free is called
 * back, and holds no thread meanwhile. Who holds a permit does not ask for another: two that do could wait for each other
 * for ever, so work that needs several takes them together. Safe for use by many threads.
 */
public final class ConnectionBulkhead {
    private record Waiter(int permits, Runnable callback) {}

    private final Object lock = new Object();
    private final Bulkhead bulkhead;
    private final int cap;
    private final Lease lease;
    private final Queue<Waiter> urgentWaiting = new ArrayDeque<>();
    private final Queue<Waiter> waiting = new ArrayDeque<>();
    private int share;
    private int withheld;

    /** Permits that are taken out of the others' reach until they are enough for the first in the queue. */
    private int gathered;

    /** The one they were gathered for was called, and has not taken them yet. */
    private boolean ready;

    ConnectionBulkhead(String server, int maxConnections) {
        this(server, maxConnections, Lease.endless(server));
    }

    /** The share is everything if the lease holds now, else nothing. */
    ConnectionBulkhead(String server, int cap, Lease lease) {
        this.cap = cap;
        this.lease = lease;
        bulkhead = Bulkhead.of(
                server,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(cap)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
        share = lease.holds() ? cap : 0;
        withhold();
    }

    /** Takes a permit if one is free and the lease holds; the caller gives it back with {@link #release()}. */
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /**
     * Takes so many permits, or none.
     *
     * @throws IllegalArgumentException if the whole group does not have so many
     */
    public boolean tryAcquire(int permits) {
        List<Runnable> called;
        synchronized (lock) {
            check(permits);
            if (!lease.holds()) {
                return false;
            }
            if (!ready || gathered != permits) {
                return take(permits);
            }
            gathered = 0;
            ready = false;
            called = serve(0);
        }
        called.forEach(Runnable::run);
        return true;
    }

    private boolean take(int permits) {
        if (available() < permits) {
            return false;
        }
        for (int i = 0; i < permits; i++) {
            if (!bulkhead.tryAcquirePermission()) {
                throw new IllegalStateException("a permit was taken outside the lock");
            }
        }
        return true;
    }

    /** Calls back once, as soon as a permit is free: at once if one is now. The permit must still be acquired. */
    public void whenFree(boolean urgent, Runnable callback) {
        whenFree(1, urgent, callback);
    }

    /**
     * Calls back once, as soon as so many permits are free. Those that need several wait for them in their turn, and while
     * it is theirs nobody else gets what comes free. If this worker's share is smaller they wait until it grows.
     */
    public void whenFree(int permits, boolean urgent, Runnable callback) {
        List<Runnable> called;
        synchronized (lock) {
            check(permits);
            if (permits == 1 && available() > 0 && lease.holds()) {
                called = List.of(callback);
            } else {
                (urgent ? urgentWaiting : waiting).add(new Waiter(permits, callback));
                called = permits == 1 ? List.of() : serve(0);
            }
        }
        called.forEach(Runnable::run);
    }

    private void check(int permits) {
        if (permits < 1 || permits > cap) {
            throw new IllegalArgumentException(
                    permits + " permits of server " + bulkhead.getName() + ", which has " + cap);
        }
    }

    /** Gives a permit back and calls the longest waiting one, an urgent one if there is one. */
    public void release() {
        release(1);
    }

    /** Gives so many permits back. */
    public void release(int permits) {
        List<Runnable> called;
        synchronized (lock) {
            giveBack(permits);
            called = serve(permits);
        }
        called.forEach(Runnable::run);
    }

    /**
     * Whoever was called back, or may have been, and needs no permit any more, calls the next one: else that one would
     * wait for a permit that is free.
     */
    public void passOn() {
        passOn(1);
    }

    /** The same for one that needed several. */
    public void passOn(int permits) {
        List<Runnable> called;
        synchronized (lock) {
            if (ready && permits > 1 && gathered == permits) {
                ready = false;
                giveBack(gathered);
                gathered = 0;
            }
            called = serve(permits);
        }
        called.forEach(Runnable::run);
    }

    /** Sets how many of the permits are this worker's. Those beyond it that are in use are withheld as they come back. */
    void share(int now) {
        List<Runnable> called;
        synchronized (lock) {
            share = now;
            int surplus = Math.max(0, withheld - (cap - share));
            withheld -= surplus;
            giveBack(surplus);
            // Also who found the lease run out, and waits though there are permits.
            called = serve(cap);
        }
        called.forEach(Runnable::run);
    }

    private void giveBack(int permits) {
        for (int i = 0; i < permits; i++) {
            bulkhead.onComplete();
        }
    }

    /** What is not this worker's goes first, then whoever waits: of those that need one permit so many at most. */
    private List<Runnable> serve(int atMost) {
        List<Runnable> called = new ArrayList<>();
        withhold();
        int singles = 0;
        int freed = atMost;
        while (lease.holds()) {
            @Nullable Waiter first = first();
            freed += giveBackGathered(first == null || first.permits() == 1 ? 0 : first.permits());
            if (first == null) {
                break;
            }
            if (first.permits() > 1 ? !gather(first.permits(), singles) : ++singles > Math.min(freed, available())) {
                break;
            }
            called.add(first.callback());
            if (!urgentWaiting.remove(first)) {
                waiting.remove(first);
            }
        }
        return called;
    }

    /** One that needs more than the whole share does not hold the others up. */
    private @Nullable Waiter first() {
        return Stream.concat(urgentWaiting.stream(), waiting.stream())
                .filter(waiter -> waiter.permits() <= Math.max(1, share))
                .findFirst()
                .orElse(null);
    }

    /** What was gathered for another that went before, or got what it needs elsewhere. */
    private int giveBackGathered(int butFor) {
        int surplus = ready ? 0 : Math.max(0, gathered - butFor);
        gathered -= surplus;
        giveBack(surplus);
        return surplus;
    }

    private void withhold() {
        while (withheld < cap - share) {
            if (!bulkhead.tryAcquirePermission()) {
                if (gathered == 0) {
                    return;
                }
                gathered--;
                ready = false;
            }
            withheld++;
        }
    }

    /** Gathers what is free but for some, and says whether it is enough. */
    private boolean gather(int permits, int butFor) {
        if (ready) {
            return false;
        }
        while (gathered < permits && available() > butFor && bulkhead.tryAcquirePermission()) {
            gathered++;
        }
        ready = gathered == permits;
        return ready;
    }

    /** Permits that nobody holds. */
    public int available() {
        return bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    /** This worker's share. */
    public int max() {
        synchronized (lock) {
            return share;
        }
    }

    /** What the whole group may have. */
    public int cap() {
        return cap;
    }
}
