package io.tenantry.worker.lane;

import java.util.Map;
import java.util.Set;

/** A task that is another one; a subclass adds to some of its methods. */
public class DelegatingTask implements Task {
    private final Task task;

    protected DelegatingTask(Task task) {
        this.task = task;
    }

    @Override
    public NextAction run() {
        return task.run();
    }

    @Override
    public void ready() {
        task.ready();
    }

    @Override
    public void failed() {
        task.failed();
    }

    @Override
    public void exhausted(Exception cause, int attempts) {
        task.exhausted(cause, attempts);
    }

    @Override
    public void abandoned() {
        task.abandoned();
    }

    @Override
    public final String lane() {
        return task.lane();
    }

    @Override
    public final String kind() {
        return task.kind();
    }

    @Override
    public final Set<String> overtakes() {
        return task.overtakes();
    }

    @Override
    public final Priority priority() {
        return task.priority();
    }

    @Override
    public final boolean wanted() {
        return task.wanted();
    }

    @Override
    public final Map<String, String> logFields() {
        return task.logFields();
    }

    @Override
    public final int failedBefore() {
        return task.failedBefore();
    }
}
