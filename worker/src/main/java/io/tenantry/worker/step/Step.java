package io.tenantry.worker.step;

import io.tenantry.worker.engine.history.Progress;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One idempotent unit of work on a tenant's home: running it twice leaves the same state as running it once. */
public interface Step {
    /** For logs. */
    String name();

    /**
     * Verifies, and acts if it has to. What an earlier try of the same tenant left is adopted.
     *
     * @throws SQLException if the home cannot be worked on now; the whole list of steps is run again later
     */
    StepResult run(LockedHome home) throws SQLException;

    /**
     * How far it has brought the home by runs that ended in an exception; null if it has no versions, or the home could
     * not be asked any more.
     */
    default @Nullable Progress progress() {
        return null;
    }

    /**
     * For the last step of a list: does the work of the whole list, if it can, without the lock being kept.
     *
     * @throws SQLException if the home cannot be worked on now
     */
    default PlanOutcome shortcut(HomeSession session) throws SQLException {
        return new PlanOutcome.None();
    }
}
