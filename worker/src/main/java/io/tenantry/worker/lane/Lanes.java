package io.tenantry.worker.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks, those of one lane in order and one at a time, those of different lanes at once up to a number of threads.
 * A task that waits holds no thread. Safe for use by many threads; nothing here blocks the caller.
 */
public final class Lanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final Duration REPORTS = Duration.ofSeconds(5);

    private final Object lock = new Object();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Backoff backoff;
    private final Consumer<Error> fatal;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final Waits waits;
    private final AtomicLong arrivals = new AtomicLong();
    private int running;
    private boolean draining;

    /**
     * @param concurrency threads, which is how many lanes run at once
     * @param waits told of everything that waits; its reports are made here
     * @param fatal told of an error after which the process must not go on (out of memory, broken class path)
     */
    public Lanes(int concurrency, Backoff backoff, Waits waits, Consumer<Error> fatal) {
        this.backoff = backoff;
        this.waits = waits;
        this.fatal = fatal;
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
        ScheduledFuture<?> unused = this.timer.scheduleWithFixedDelay(
                waits::report, REPORTS.toMillis(), REPORTS.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Puts the task at the end of its lane. While draining it is abandoned at once. */
    public void submit(Task task) {
        synchronized (lock) {
            if (!draining) {
                Lane lane = lanes.computeIfAbsent(task.lane(), Lane::new);
                lane.tasks.add(new Lane.Queued(task));
                if (lane.tasks.size() == 1 || (lane.state == Lane.State.PARKED && letsPass(lane))) {
                    makeReady(lane);
                }
                return;
            }
        }
        task.abandoned();
    }

    /**
     * Whether the head need not be waited for: it steps aside for another, or is not wanted any more. One that waits for
     * a callback has to take it, and to pass it on.
     */
    private static boolean letsPass(Lane lane) {
        return (lane.stepsAside && lane.promote())
                || (lane.timed && !lane.head().wanted());
    }

    /** Abandons every task that does not run now, and those that run as soon as they would have to wait. */
    public void drain() {
        List<Task> dropped = new ArrayList<>();
        synchronized (lock) {
            draining = true;
            for (Lane lane : List.copyOf(lanes.values())) {
                Lane.@Nullable Queued runs = lane.state == Lane.State.RUNNING ? lane.tasks.poll() : null;
                lane.tasks.forEach(queued -> dropped.add(queued.task));
                lane.tasks.clear();
                if (runs == null) {
                    lanes.remove(lane.name);
                } else {
                    lane.tasks.add(runs);
                }
            }
        }
        dropped.forEach(waits::ended);
        dropped.forEach(Task::abandoned);
    }

    /** Tasks that a thread works on now. */
    public int running() {
        synchronized (lock) {
            return running;
        }
    }

    /** Lanes with at least one task. */
    public int active() {
        synchronized (lock) {
            return lanes.size();
        }
    }

    /** Interrupts what still runs; call {@link #drain} first for a clean end. Returns at once. */
    @Override
    public void close() {
        timer.shutdownNow();
        threads.shutdownNow();
    }

    private void makeReady(Lane lane) {
        lane.state = Lane.State.READY;
        Lane.Queued head = lane.tasks.element();
        if (!head.toldReady) {
            head.toldReady = true;
            head.task.ready();
        }
        threads.execute(new Turn(lane.head().priority(), arrivals.incrementAndGet(), () -> runHead(lane)));
    }

    private void runHead(Lane lane) {
        Lane.Queued queued;
        synchronized (lock) {
            if (lanes.get(lane.name) != lane || lane.state != Lane.State.READY) {
                return; // drained meanwhile
            }
            lane.state = Lane.State.RUNNING;
            running++;
            queued = lane.tasks.element();
        }
        waits.runs(queued.task);
        try {
            proceed(lane, queued.task, afterBackoff(queued, run(queued.task)));
        } catch (Error broken) {
            // The task's own ones have become actions; after another one, this lane or the pool cannot be relied on.
            fatal.accept(broken);
            throw broken;
        }
    }

    private NextAction run(Task task) {
        try {
            if (task.wanted()) {
                return task.run();
            }
            task.abandoned();
            return new NextAction.Finished();
        } catch (RuntimeException bug) {
            LOG.error("a task of lane {} ended with an exception; it counts as a failed attempt", task.lane(), bug);
            return new NextAction.Retry(bug);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (Error own) {
            // As a stack overflow in one tenant's script: the other lanes are none the worse.
            LOG.error("a task of lane {} ended with an error; it counts as a failed attempt", task.lane(), own);
            return new NextAction.Retry(new IllegalStateException(own.toString(), own));
        }
    }

    /** Turns a retry into the wait before it, or into the end. */
    private NextAction afterBackoff(Lane.Queued queued, NextAction action) {
        if (!(action instanceof NextAction.Retry retry)) {
            return action;
        }
        Backoff.Attempts attempts =
                queued.attempts == null ? backoff.newAttempts(queued.task.failedBefore()) : queued.attempts;
        queued.attempts = attempts;
        queued.task.failed();
        Optional<Duration> delay = attempts.afterFailure(retry.cause());
        if (delay.isPresent()) {
            return new NextAction.Snooze(
                    delay.get(),
                    new Wait(
                            WaitReason.NEXT_ATTEMPT,
                            String.valueOf(retry.cause().getMessage())));
        }
        try {
            queued.task.exhausted(retry.cause(), attempts.failed());
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error(
                    "a task of lane {} could not be ended; it has no outcome until it is read again, and its lane goes on",
                    queued.task.lane(),
                    bug);
        }
        return new NextAction.Finished();
    }

    private void proceed(Lane lane, Task task, NextAction action) {
        boolean dropped = false;
        long parking;
        synchronized (lock) {
            running--;
            Optional<Wait> wait = why(action);
            if (wait.isPresent() && !draining) {
                waits.waits(task, wait.get());
                park(lane, action);
            } else {
                dropped = wait.isPresent();
                waits.ended(task);
                next(lane);
            }
            parking = ++lane.parking;
        }
        if (dropped) {
            task.abandoned();
        } else if (action instanceof NextAction.Snooze snooze) {
            wakeAfter(snooze.delay(), lane, parking);
        } else if (action instanceof NextAction.StepAside aside) {
            wakeAfter(aside.delay(), lane, parking);
        } else if (action instanceof NextAction.Await await) {
            await.register().accept(() -> wakeOrStop(lane, parking));
        }
    }

    private static Optional<Wait> why(NextAction action) {
        if (action instanceof NextAction.Snooze snooze) {
            return Optional.of(snooze.why());
        }
        if (action instanceof NextAction.StepAside aside) {
            return Optional.of(aside.why());
        }
        return action instanceof NextAction.Await await ? Optional.of(await.why()) : Optional.empty();
    }

    private void park(Lane lane, NextAction action) {
        lane.state = Lane.State.PARKED;
        lane.stepsAside = action instanceof NextAction.StepAside;
        lane.timed = !(action instanceof NextAction.Await);
        if (lane.stepsAside && lane.promote()) {
            makeReady(lane);
        }
    }

    private void wakeAfter(Duration delay, Lane lane, long parking) {
        ScheduledFuture<?> unused =
                timer.schedule(() -> wakeOrStop(lane, parking), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void wakeOrStop(Lane lane, long parking) {
        try {
            wake(lane, parking);
        } catch (Error broken) {
            // Whoever calls, as the timer, may keep it to himself, and the lane would wait for ever.
            fatal.accept(broken);
            throw broken;
        }
    }

    private void next(Lane lane) {
        lane.tasks.remove();
        if (lane.tasks.isEmpty()) {
            lanes.remove(lane.name);
        } else {
            makeReady(lane);
        }
    }

    private void wake(Lane lane, long parking) {
        synchronized (lock) {
            if (lanes.get(lane.name) == lane && lane.state == Lane.State.PARKED && lane.parking == parking) {
                makeReady(lane);
            }
        }
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

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
}
