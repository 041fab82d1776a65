package io.tenantry.worker.lane;

import java.time.Duration;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads that run the heads of lanes, and the timer that wakes lanes. All are daemons. Safe for use by many threads;
 * nothing here blocks the caller.
 */
final class LanePool implements AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final AtomicLong arrivals = new AtomicLong();

    /** A lane's turn at a thread: higher priority first, then first come, first served. */
    private record Turn(Task.Priority priority, long arrival, Runnable work) implements Runnable, Comparable<Turn> {
        @Override
        public void run() {
            work.run();
        }

        @Override
        public int compareTo(Turn other) {
            int byPriority = priority.compareTo(other.priority);
            return byPriority != 0 ? byPriority : Long.compare(arrival, other.arrival);
        }
    }

    LanePool(int concurrency) {
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                concurrency,
                concurrency,
                0,
                TimeUnit.SECONDS,
                new PriorityBlockingQueue<>(),
                work -> daemon(work, "lane-" + number.incrementAndGet()));
        this.timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "lane-timer"));
        this.timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs the work when a thread is free and no work of a higher priority waits. */
    void execute(Task.Priority priority, Runnable work) {
        threads.execute(new Turn(priority, arrivals.incrementAndGet(), work));
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
