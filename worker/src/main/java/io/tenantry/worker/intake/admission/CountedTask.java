package io.tenantry.worker.intake.admission;

import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.WaitReason;
import java.util.Map;
import java.util.Set;

/** A request's task that counts whether it is waiting. */
public record CountedTask(Task task, ServerLoad.Place place) implements Task {
    @Override
    public void ready() {
        place.waits(false);
        task.ready();
    }

    @Override
    public NextAction run() {
        place.waits(false);
        NextAction action = task.run();
        place.waits(waits(action));
        return action;
    }

    /** Whether it waits for something that may take long. The registry's answer and a turn at the server do not. */
    private static boolean waits(NextAction action) {
        if (action instanceof NextAction.Await await) {
            WaitReason reason = await.why().reason();
            return reason != WaitReason.NO_CONNECTION && reason != WaitReason.REGISTRY_ANSWER;
        }
        return !(action instanceof NextAction.Finished);
    }

    @Override
    public String lane() {
        return task.lane();
    }

    @Override
    public Priority priority() {
        return task.priority();
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

    @Override
    public void exhausted(Exception cause, int attempts) {
        task.exhausted(cause, attempts);
    }

    @Override
    public void abandoned() {
        task.abandoned();
    }

    @Override
    public boolean wanted() {
        return task.wanted();
    }
}
