package io.tenantry.worker.postgres.connection;

import io.github.resilience4j.bulkhead.Bulkhead;
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
    /** What a permit is for. Waiters are served in the order of declaration. */
    public enum Use {
        /** To ask whether the server is back when no work asks, on a thread of its own. */
        PROBE,
        /** To end the sessions of a dead worker, on a thread of its own. */
        RECLAIM,
        /** For a signup, on a thread of a lane. */
        SIGNUP,
        /** For a migration, on a thread of a lane. */
        MIGRATION,
        /** To make or remove a template, on a thread of its own. */
        TEMPLATE,
        /** To compare a home with its reference when nobody waits for it, on a thread of its own. */
        SWEEP,
        /** For a command of an operator beside the workers, on its own threads. */
        COMMAND;

        private static final List<Use> IN_ORDER = List.of(values());

        private boolean hasLane() {
            return this == SIGNUP || this == MIGRATION;
        }

        /** Whether it may not have the permit that is kept for signups. */
        private boolean leavesOne() {
            return this == MIGRATION || this == TEMPLATE || this == SWEEP;
        }
    }

    private final Object lock = new Object();
    private final String server;
    private final Lease lease;
    private final LaneThreads threads;
    private final Map<Use, Set<Permit>> waiting = new EnumMap<>(Use.class);
    private final Map<Use, Integer> inUse = new EnumMap<>(Use.class);
    private final ServerPermits permits;

    ConnectionBulkhead(String server, int maxConnections) {
        this(server, maxConnections, Lease.endless(server));
    }

    ConnectionBulkhead(String server, int cap, Lease lease) {
        this(server, cap, lease, new LaneThreads(cap + 1, List.of(server)));
    }

    /** The share is everything if the lease holds now, else nothing. */
    ConnectionBulkhead(String server, int cap, Lease lease, LaneThreads threads) {
        this.server = server;
        this.lease = lease;
        this.threads = threads;
        this.permits = new ServerPermits(server, cap, lease.holds() ? cap : 0);
        for (Use use : Use.IN_ORDER) {
            waiting.put(use, new LinkedHashSet<>());
            inUse.put(use, 0);
        }
        threads.whenEnded(this::serve);
    }

    /** A permit, or a place in the queue for one. The caller must {@link Permit#end} it in either case. */
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
            permits.share(now);
        }
        // Some wait although permits are free: they found that the lease had expired.
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
        if (!lease.holds() || isKeptForSignups(use) || !permits.tryTake()) {
            return false;
        }
        if (use.hasLane() && !threads.tryBegin(server, use == Use.SIGNUP)) {
            permits.cancel();
            return false;
        }
        inUse.put(use, inUse(use) + 1);
        return true;
    }

    /** Whether the next permit is the one that is kept for signups while no signup is worked on. */
    private boolean isKeptForSignups(Use use) {
        return use.leavesOne() && permits.share() > 1 && permits.free() == 1 && inUse(Use.SIGNUP) == 0;
    }

    private void giveBack(Use use) {
        synchronized (lock) {
            permits.giveBack();
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

    private int inUse(Use use) {
        return inUse.getOrDefault(use, 0);
    }

    /** What counts the permits, for its meters: those beyond this worker's share are taken. */
    public Bulkhead permits() {
        return permits.bulkhead();
    }

    /** Permits of this worker's share that are free. */
    public int available() {
        synchronized (lock) {
            return permits.free();
        }
    }

    /** This worker's share. */
    public int max() {
        synchronized (lock) {
            return permits.share();
        }
    }

    /** What the whole group may have. */
    public int cap() {
        return permits.cap();
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

        /** Whether work may begin now. If the lease has expired it may not, and the permit waits again. */
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
