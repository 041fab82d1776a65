package io.tenantry.worker.request.run;

import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.step.StepResult;
import io.tenantry.worker.telemetry.RequestMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;

/** Measures single steps. Safe for use by many threads. */
record StepTimer(RequestMeters meters) {
    private static final String DONE = "done";
    private static final String ALREADY_DONE = "already-done";

    /** A step, or the fast path. */
    interface Part<T> {
        T run() throws SQLException;
    }

    /** Runs a step, and measures it. */
    StepResult step(String name, Part<StepResult> step) throws SQLException {
        return measured(name, step, StepTimer::outcome);
    }

    /** Runs the fast path, and measures it. */
    PlanOutcome fastPath(Part<PlanOutcome> path) throws SQLException {
        return measured("fast-path", path, StepTimer::outcome);
    }

    private <T> T measured(String name, Part<T> part, Function<T, String> outcome) throws SQLException {
        long start = System.nanoTime();
        String label = "failed";
        try {
            T result = part.run();
            label = outcome.apply(result);
            return result;
        } finally {
            meters.stepEnded(name, label, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private static String outcome(PlanOutcome outcome) {
        if (outcome instanceof PlanOutcome.Done done) {
            return outcome(StepResult.of(done.result()));
        }
        return outcome instanceof PlanOutcome.Busy ? "busy" : "no-plan";
    }

    private static String outcome(StepResult result) {
        if (result instanceof StepResult.Migrated migrated) {
            return migrated.applied().isEmpty() ? ALREADY_DONE : DONE;
        }
        if (result instanceof StepResult.Refused) {
            return "refused";
        }
        if (result instanceof StepResult.NotYet) {
            return "not-yet";
        }
        return result instanceof StepResult.Done ? DONE : ALREADY_DONE;
    }
}
