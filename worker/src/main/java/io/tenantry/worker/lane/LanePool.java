package io.tenantry.worker.lane;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run the heads of lanes, and the timer that wakes lanes. All are daemons. Safe for use by many threads;
 * nothing here blocks the caller.
 *
 * <p>Of several idle threads, the one that worked last works next. A connection pool gives a thread the connection that it
 * had before. So a worker with little to do uses few sessions: each session of PostgreSQL must learn of every object that the
 * others have made, and one that has missed too many of them builds its caches again.
 */
final class LanePool implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final int concurrency;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    /** What waits for a thread. Guards the fields below. */
    private final Queue<Turn> turns = new PriorityQueue<>();

    private long arrivals;
    private int busy;

    /** A lane's turn at a thread: higher priority first, then first come, first served. */
    private record Turn(Task.Priority priority, long arrival, Runnable work) implements Comparable<Turn> {
        @Override
        public int compareTo(Turn other) {
            int byPriority = priority.compareTo(other.priority);
            return byPriority != 0 ? byPriority : Long.compare(arrival, other.arrival);
        }
    }

    LanePool(int concurrency) {
        this.concurrency = concurrency;
        AtomicInteger number = new AtomicInteger();
        // This queue serves the thread first that came last.
        // Threads whose last turn has just ended are not busy, so there may be more threads than turns.
        this.threads = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                work -> daemon(work, "lane-" + number.incrementAndGet()));
        this.timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "lane-timer"));
        this.timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs the work when a thread is free and no work of a higher priority waits. */
    void execute(Task.Priority priority, Runnable work) {
        synchronized (turns) {
            turns.add(new Turn(priority, arrivals++, work));
            if (busy == concurrency) {
                return;
            }
            busy++;
        }
        threads.execute(this::runTurns);
    }

    private void runTurns() {
        boolean ended = false;
        try {
            for (Turn next = nextTurn(); next != null; next = nextTurn()) {
                next.work().run();
            }
            ended = true;
        } finally {
            if (!ended && !threads.isShutdown()) {
                threads.execute(this::runTurns);
            }
        }
    }

    /** Null if there is none: then the caller is not busy any more. */
    private @Nullable Turn nextTurn() {
        synchronized (turns) {
            Turn next = threads.isShutdown() ? null : turns.poll();
            if (next == null) {
                busy--;
            }
            return next;
        }
    }

    /** Runs the work on the timer's thread, which it must not hold up. */
    void after(Duration delay, Runnable work) {
        ScheduledFuture<?> unused = timer.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same again and again; an exception ends it. */
    void every(Duration interval, Runnable work) {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(work, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Interrupts what runs, and returns at once. */
    @Override
    public void close() {
        timer.shutdownNow();
        threads.shutdownNow();
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
