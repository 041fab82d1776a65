package io.tenantry.worker.request.run;

import io.tenantry.worker.lane.DelegatingTask;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;

/** A task whose activity is observed. */
final class ObservedTask extends DelegatingTask {
    private final Activity activity;
    private final Runnable ended;

    /** @param ended called when the task has ended; may be called again */
    ObservedTask(Task task, Activity activity, Runnable ended) {
        super(task);
        this.activity = activity;
        this.ended = ended;
    }

    @Override
    public NextAction run() {
        activity.runs();
        NextAction action = super.run();
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
        super.exhausted(cause, attempts);
    }

    @Override
    public void abandoned() {
        ended.run();
        super.abandoned();
    }
}
