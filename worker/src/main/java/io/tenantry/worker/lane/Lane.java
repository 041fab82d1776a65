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
        WAITING
    }

    final String name;
    final Deque<Queued> tasks = new ArrayDeque<>();
    State state = State.READY;
    /** Tells a late callback or timer of an earlier wait from the current one. */
    long waitNumber;

    /** What {@link Workload} has counted of it. */
    Workload.Part counted = Workload.Part.NONE;

    /** The same of {@link #interactivePart}. */
    Workload.Part countedInteractive = Workload.Part.NONE;

    private @Nullable WaitReason reason;
    /** Whether the waiting head lets tasks pass that may overtake it. */
    private boolean stepsAside;

    /** Whether the waiting head waits for a time, not for a callback. */
    private boolean timed;

    Lane(String name) {
        this.name = name;
    }

    Task head() {
        return tasks.element().task;
    }

    /** The head waits from now on. */
    void startWait(NextAction.Waiting wait) {
        state = State.WAITING;
        reason = wait.why().reason();
        stepsAside = wait instanceof NextAction.StepAside;
        timed = wait instanceof NextAction.Timed;
    }

    /** What it has of work that could go on now. */
    Workload.Part part() {
        return part(tasks.size());
    }

    /** Its head alone, if a person waits for it; or all such tasks, if they wait. */
    Workload.Part interactivePart() {
        if (tasks.isEmpty() || head().priority() != Task.Priority.INTERACTIVE) {
            return Workload.Part.NONE;
        }
        int all = (int) tasks.stream()
                .filter(queued -> queued.task.priority() == Task.Priority.INTERACTIVE)
                .count();
        Workload.Part part = part(all);
        return part.tasks() > 0 ? part(1) : part;
    }

    private Workload.Part part(int size) {
        if (size == 0) {
            return Workload.Part.NONE;
        }
        if (state != State.WAITING || reason == WaitReason.REGISTRY_ANSWER) {
            return new Workload.Part(size, 0, 0);
        }
        return reason == WaitReason.NO_CONNECTION ? new Workload.Part(size, 0, 1) : new Workload.Part(0, size, 0);
    }

    /**
     * Whether the lane may run although its head waits. Either the head steps aside, and a task that may overtake it
     * becomes the head. Or the head waits for a time and is not wanted any more. A head that waits for a callback must
     * get it even if it is not wanted: the callback may stand for a permit that must be given back.
     */
    boolean mayRunNow() {
        return (stepsAside && promote()) || (timed && !head().wanted());
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

    /** A task, and its failed attempts. */
    static final class Queued {
        final Task task;
        int failed;
        /** Whether the task knows that it has been the head. */
        boolean toldReady;

        Queued(Task task) {
            this.task = task;
            this.failed = task.failedBefore();
        }
    }
}
