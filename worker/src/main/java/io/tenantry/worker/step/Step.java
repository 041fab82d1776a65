package io.tenantry.worker.step;

import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;

/** One idempotent unit of work on a tenant's home: running it twice leaves the same state as running it once. */
public interface Step {
    /** For logs. */
    String name();

    /**
     * Verifies, and acts if it has to. What an earlier attempt for the same tenant left is adopted.
     *
     * @throws SQLException if the home cannot be worked on now; the whole list of steps is run again later
     */
    StepResult run(LockedHome home) throws SQLException;
}
