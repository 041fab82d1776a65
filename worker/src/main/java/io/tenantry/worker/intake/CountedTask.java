package io.tenantry.worker.intake;

import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Verdict;

/** A request's task, and whether it waits for a time, which is counted. */
record CountedTask(Task task, ServerLoad.Place place) implements Task {
    @Override
    public Verdict run() {
        place.waits(false);
        Verdict verdict = task.run();
        place.waits(verdict instanceof Verdict.Snooze
                || verdict instanceof Verdict.StepAside
                || verdict instanceof Verdict.Retry);
        return verdict;
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
