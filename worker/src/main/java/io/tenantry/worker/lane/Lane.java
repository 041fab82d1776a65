package io.tenantry.worker.lane;

import java.util.ArrayDeque;
import java.util.Deque;
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

    /** Whether the parked head lets tasks of a higher priority pass. */
    boolean stepsAside;

    /** Whether the parked head waits for a time, not for a callback. */
    boolean timed;

    Lane(String name) {
        this.name = name;
    }

    Task head() {
        return tasks.element().task;
    }

    /** Brings the first task of a higher priority than the head's to the front; false if there is none. */
    boolean promote() {
        Task.Priority head = head().priority();
        for (Queued queued : tasks) {
            if (queued.task.priority().compareTo(head) < 0) {
                tasks.remove(queued);
                tasks.addFirst(queued);
                return true;
            }
        }
        return false;
    }

    /** A task, and the attempts it has made. */
    static final class Queued {
        final Task task;
        Backoff.@Nullable Attempts attempts;

        Queued(Task task) {
            this.task = task;
        }
    }
}
