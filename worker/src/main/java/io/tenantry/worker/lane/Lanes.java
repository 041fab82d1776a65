package io.tenantry.worker.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks, those of one lane in order and one at a time, those of different lanes at once up to a number of threads.
 * A task that waits holds no thread. Safe for use by many threads; nothing here blocks the caller.
 *
 * <p>A lane is ready, then runs its head ({@link AttemptRunner}). Then its head waits ({@link NextAction.Waiting}) and the
 * lane waits until a timer or a callback makes it ready again; or its head has ended, and the next task is the head.
 * A lane without tasks is removed.
 */
public final class Lanes implements AutoCloseable {
    private static final Duration REPORTS = Duration.ofSeconds(5);

    private final Object lock = new Object();
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Workload workload = new Workload();
    private final AttemptRunner attempts;
    private final Consumer<Error> fatal;
    private final LanePool pool;
    private final int concurrency;
    private final Waits waits;
    private int running;
    private boolean draining;
    private volatile int inFlight;
    private volatile int interactiveInFlight;

    /**
     * @param concurrency threads, which is how many lanes run at once
     * @param waits told of everything that waits; its reports are made here
     * @param fatal told of an error after which the process must not go on (out of memory, broken class path)
     */
    public Lanes(int concurrency, Backoff backoff, Waits waits, Consumer<Error> fatal) {
        this.attempts = new AttemptRunner(backoff);
        this.waits = waits;
        this.fatal = fatal;
        this.pool = new LanePool(concurrency);
        this.concurrency = concurrency;
        this.pool.every(REPORTS, waits::report);
    }

    /** Puts the task at the end of its lane. While draining it is abandoned at once. */
    public void submit(Task task) {
        synchronized (lock) {
            if (!draining) {
                Lane lane = lanes.computeIfAbsent(task.lane(), Lane::new);
                lane.tasks.add(new Lane.Queued(task));
                if (lane.tasks.size() == 1 || (lane.state == Lane.State.WAITING && lane.mayRunNow())) {
                    makeReady(lane);
                }
                workload.update(lane);
                return;
            }
        }
        task.abandoned();
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
                workload.update(lane);
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
    int active() {
        synchronized (lock) {
            return lanes.size();
        }
    }

    /** Lanes with at least one task, of which none runs now. */
    public int waiting() {
        synchronized (lock) {
            return Math.max(0, active() - running);
        }
    }

    /**
     * Tells how many requests are in progress, those whose outcome is being written included.
     *
     * @param interactive those of them for which a person waits
     */
    public void inFlight(int requests, int interactive) {
        inFlight = requests;
        interactiveInFlight = interactive;
    }

    /**
     * Whether there is more work than threads and connections for it. A task that waits for anything else, and those behind
     * it, are no work until it goes on. An outcome that is being written is work.
     */
    public boolean isSaturated() {
        synchronized (lock) {
            return workload.all().exceeds(concurrency, inFlight)
                    || workload.all().lacksConnections();
        }
    }

    /**
     * Whether there are more requests for which a person waits than threads. One that waits for a connection may wait for
     * work of another kind, or for a server that hangs, so it alone makes no other one wait.
     */
    public boolean isSaturatedByInteractive() {
        synchronized (lock) {
            return workload.interactive().exceeds(concurrency, interactiveInFlight);
        }
    }

    /** Whether any task runs or could run, so that its outcome may come soon. */
    public boolean hasWork() {
        synchronized (lock) {
            return workload.all().isAny();
        }
    }

    /** The same of tasks for which a person waits. */
    public boolean hasInteractiveWork() {
        synchronized (lock) {
            return workload.interactive().isAny();
        }
    }

    /** Interrupts what still runs; call {@link #drain} first for a clean end. Returns at once. */
    @Override
    public void close() {
        pool.close();
    }

    private void makeReady(Lane lane) {
        lane.state = Lane.State.READY;
        Lane.Queued head = lane.tasks.element();
        if (!head.toldReady) {
            head.toldReady = true;
            head.task.ready();
        }
        pool.execute(head.task.priority(), () -> runHead(lane));
    }

    private void runHead(Lane lane) {
        Lane.Queued head;
        synchronized (lock) {
            if (lanes.get(lane.name) != lane || lane.state != Lane.State.READY) {
                return; // drained meanwhile
            }
            lane.state = Lane.State.RUNNING;
            running++;
            head = lane.tasks.element();
        }
        waits.runs(head.task);
        try {
            proceed(lane, head.task, attempts.run(head));
        } catch (Error broken) {
            // What a task throws counts as a failed attempt. After any other error neither lane nor pool is reliable.
            fatal.accept(broken);
            throw broken;
        }
    }

    private void proceed(Lane lane, Task task, NextAction action) {
        long waitNumber;
        boolean waiting = false;
        synchronized (lock) {
            running--;
            waitNumber = ++lane.waitNumber;
            if (action instanceof NextAction.Waiting wait && !draining) {
                waiting = true;
                startWait(lane, task, wait);
            } else {
                waits.ended(task);
                next(lane);
            }
            workload.update(lane);
        }
        if (waiting) {
            wakeLater(lane, waitNumber, action);
        } else if (action instanceof NextAction.Waiting) {
            task.abandoned();
        }
    }

    private void startWait(Lane lane, Task task, NextAction.Waiting wait) {
        waits.waits(task, wait.why());
        lane.startWait(wait);
        if (wait instanceof NextAction.StepAside && lane.promote()) {
            makeReady(lane);
        }
    }

    private void wakeLater(Lane lane, long waitNumber, NextAction wait) {
        if (wait instanceof NextAction.Timed timed) {
            pool.after(timed.delay(), () -> wakeOrStop(lane, waitNumber));
        } else if (wait instanceof NextAction.Await await) {
            await.register().accept(() -> wakeOrStop(lane, waitNumber));
        }
    }

    private void wakeOrStop(Lane lane, long waitNumber) {
        try {
            wake(lane, waitNumber);
        } catch (Error broken) {
            // The caller, for example the timer, may swallow it, and the lane would never be woken.
            fatal.accept(broken);
            throw broken;
        }
    }

    private void wake(Lane lane, long waitNumber) {
        synchronized (lock) {
            if (lanes.get(lane.name) == lane && lane.state == Lane.State.WAITING && lane.waitNumber == waitNumber) {
                makeReady(lane);
                workload.update(lane);
            }
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
}
