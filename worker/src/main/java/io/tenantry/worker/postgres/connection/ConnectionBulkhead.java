package io.tenantry.worker.postgres.connection;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Limits the work on one server. Each piece of work holds a permit and has one connection at a time. There are as many
 * permits as this worker has connections. Work without a permit waits in a queue, without a thread; work of a lane gets
 * a thread of {@link LaneThreads} together with its permit. Work that holds a permit must not ask for another one,
 * since two such pieces could wait for each other without end. Safe for use by many threads.
 */
public final class ConnectionBulkhead {
    /** What a permit is for. Whatever waits is served in the order of declaration. */
    public enum Use {
        /** The sessions of a dead worker are ended, on a thread of its own. */
        RECLAIM,
        /** A signup, on a thread of a lane. */
        SIGNUP,
        /** A migration, on a thread of a lane. */
        MIGRATION,
        /** A template is looked after, on a thread of its own. */
        TEMPLATE;

        private static final List<Use> IN_ORDER = List.of(values());

        private boolean hasLane() {
            return this == SIGNUP || this == MIGRATION;
        }

        /** Whether the permit that is kept for signups is not for it. */
        private boolean leavesOne() {
            return this == MIGRATION || this == TEMPLATE;
        }
    }

    private final Object lock = new Object();
    private final String server;
    private final int cap;
    private final Lease lease;
    private final LaneThreads threads;
    private final Map<Use, Set<Permit>> waiting = new EnumMap<>(Use.class);
    private final Map<Use, Integer> inUse = new EnumMap<>(Use.class);
    /** Has as many permits as the whole group; this worker takes no more than its share of them. */
    private final Bulkhead bulkhead;

    private int share;

    ConnectionBulkhead(String server, int maxConnections) {
        this(server, maxConnections, Lease.endless(server));
    }

    ConnectionBulkhead(String server, int cap, Lease lease) {
        this(server, cap, lease, new LaneThreads(cap + 1, List.of(server)));
    }

    /** The share is everything if the lease holds now, else nothing. */
    ConnectionBulkhead(String server, int cap, Lease lease, LaneThreads threads) {
        this.server = server;
        this.cap = cap;
        this.lease = lease;
        this.threads = threads;
        this.bulkhead = Bulkhead.of(
                server,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(cap)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
        for (Use use : Use.IN_ORDER) {
            waiting.put(use, new LinkedHashSet<>());
            inUse.put(use, 0);
        }
        share = lease.holds() ? cap : 0;
        threads.whenEnded(this::serve);
    }

    /** A permit, or a place in the queue for one. Whoever asks ends it, whatever becomes of it. */
    public Permit ask(Use use) {
        Permit permit = new Permit(use);
        synchronized (lock) {
            queue(use).add(permit);
        }
        serve();
        return permit;
    }

    /** Sets how many permits this worker has. If more are held, none is granted until enough of them are given back. */
    void share(int now) {
        synchronized (lock) {
            share = now;
        }
        // Also those that found the lease run out, and wait though there are permits.
        serve();
    }

    private void serve() {
        List<Runnable> called = new ArrayList<>();
        synchronized (lock) {
            for (Use use : Use.IN_ORDER) {
                Iterator<Permit> next = queue(use).iterator();
                while (next.hasNext() && tryTake(use)) {
                    next.next().granted(called);
                    next.remove();
                }
            }
        }
        called.forEach(Runnable::run);
    }

    private boolean tryTake(Use use) {
        boolean leavesOne = use.leavesOne() && share > 1 && inUse(Use.SIGNUP) == 0;
        if (!lease.holds() || share - held() <= (leavesOne ? 1 : 0) || !bulkhead.tryAcquirePermission()) {
            return false;
        }
        if (use.hasLane() && !threads.tryBegin(server, use == Use.SIGNUP)) {
            bulkhead.releasePermission();
            return false;
        }
        inUse.put(use, inUse(use) + 1);
        return true;
    }

    private void giveBack(Use use) {
        synchronized (lock) {
            bulkhead.onComplete();
            inUse.put(use, inUse(use) - 1);
        }
        if (use.hasLane()) {
            threads.end(server, use == Use.SIGNUP);
        } else {
            serve();
        }
    }

    private Set<Permit> queue(Use use) {
        return waiting.getOrDefault(use, Set.of());
    }

    private int held() {
        return cap - bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    private int inUse(Use use) {
        return inUse.getOrDefault(use, 0);
    }

    /** Permits of this worker's share that nobody holds. */
    public int available() {
        synchronized (lock) {
            return Math.max(0, share - held());
        }
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

    /** A permit, from its place in the queue until it is given back. Safe for use by many threads. */
    public final class Permit {
        private enum State {
            WAITING,
            HELD,
            ENDED
        }

        private final Use use;
        private State state = State.WAITING;
        private @Nullable Runnable callback;

        private Permit(Use use) {
            this.use = use;
        }

        /** Whether work may begin now. If the lease has run out it may not, and the permit waits again. */
        public boolean isHeld() {
            synchronized (lock) {
                if (state != State.HELD || lease.holds()) {
                    return state == State.HELD;
                }
                state = State.WAITING;
                queue(use).add(this);
            }
            giveBack(use);
            return false;
        }

        /** Calls back once, when the permit is granted: at once if it is. A later call replaces this one. */
        public void whenHeld(Runnable called) {
            synchronized (lock) {
                if (state != State.HELD) {
                    callback = called;
                    return;
                }
            }
            called.run();
        }

        /** Gives the permit back, or leaves the queue. May be called again. */
        public void end() {
            synchronized (lock) {
                State before = state;
                state = State.ENDED;
                callback = null;
                queue(use).remove(this);
                if (before != State.HELD) {
                    return;
                }
            }
            giveBack(use);
        }

        private void granted(List<Runnable> called) {
            state = State.HELD;
            if (callback != null) {
                called.add(callback);
                callback = null;
            }
        }
    }
}
