package io.tenantry.worker.intake.admission;

import io.tenantry.worker.lane.DelegatingTask;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.WaitReason;

/** A request's task that counts whether it is waiting. */
public final class CountedTask extends DelegatingTask {
    private final ServerLoad.Place place;

    /** @param place the room that the request takes */
    public CountedTask(Task task, ServerLoad.Place place) {
        super(task);
        this.place = place;
    }

    @Override
    public void ready() {
        place.waits(false);
        super.ready();
    }

    @Override
    public NextAction run() {
        place.waits(false);
        NextAction action = super.run();
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
}
