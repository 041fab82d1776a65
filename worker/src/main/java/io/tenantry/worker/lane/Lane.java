package io.tenantry.worker.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tasks of one tenant, oldest first. Guarded by the lock of {@link Lanes}. */
final class Lane {
    /** Where the lane is; {@link Lanes} makes every change. */
    enum State {
        /** Waits for a thread. */
        READY,
        /** A thread runs the head. */
        RUNNING,
        /** The head waits for a time or a callback. */
        PARKED
    }

    final String name;
    final Deque<Queued> tasks = new ArrayDeque<>();
    State state = State.READY;
    /** Tells a late callback or timer of an earlier wait from the current one. */
    long parking;

    /** Whether the parked head lets tasks pass that may overtake it. */
    boolean stepsAside;

    /** Whether the parked head waits for a time, not for a callback. */
    boolean timed;

    Lane(String name) {
        this.name = name;
    }

    Task head() {
        return tasks.element().task;
    }

    /** Brings the first task that may overtake all before it to the front; false if there is none. */
    boolean promote() {
        List<Queued> before = new ArrayList<>();
        for (Queued queued : tasks) {
            if (!before.isEmpty()
                    && before.stream()
                            .allMatch(earlier -> queued.task.overtakes().contains(earlier.task.kind()))) {
                tasks.remove(queued);
                tasks.addFirst(queued);
                return true;
            }
            before.add(queued);
        }
        return false;
    }

    /** A task, and the attempts it has made. */
    static final class Queued {
        final Task task;
        Backoff.@Nullable Attempts attempts;
        /** Whether the task knows that it has been the head. */
        boolean toldReady;

        Queued(Task task) {
            this.task = task;
        }
    }
}
