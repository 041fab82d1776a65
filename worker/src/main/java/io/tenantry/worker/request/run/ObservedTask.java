package io.tenantry.worker.request.run;

import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import java.util.Map;
import java.util.Set;

/**
 * A task whose activity is observed.
 *
 * @param ended called when it has ended; may be called again
 */
record ObservedTask(Task task, Activity activity, Runnable ended) implements Task {
    @Override
    public NextAction run() {
        activity.runs();
        NextAction action = task.run();
        if (action instanceof NextAction.Waiting waiting) {
            activity.waits(waiting.why());
        } else if (action instanceof NextAction.Retry failure) {
            activity.waits(new Wait(
                    WaitReason.NEXT_ATTEMPT, String.valueOf(failure.cause().getMessage())));
        } else {
            ended.run();
        }
        return action;
    }

    @Override
    public void exhausted(Exception cause, int attempts) {
        ended.run();
        task.exhausted(cause, attempts);
    }

    @Override
    public void abandoned() {
        ended.run();
        task.abandoned();
    }

    @Override
    public String lane() {
        return task.lane();
    }

    @Override
    public String kind() {
        return task.kind();
    }

    @Override
    public Set<String> overtakes() {
        return task.overtakes();
    }

    @Override
    public Priority priority() {
        return task.priority();
    }

    @Override
    public boolean wanted() {
        return task.wanted();
    }

    @Override
    public void ready() {
        task.ready();
    }

    @Override
    public Map<String, String> logFields() {
        return task.logFields();
    }

    @Override
    public int failedBefore() {
        return task.failedBefore();
    }

    @Override
    public void failed() {
        task.failed();
    }
}
