package io.tenantry.worker.step;

import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;

/** Applies the migrations that the home lacks up to the target. One for each request and home. */
public final class BringToVersion implements Step {
    private final Migrator migrator;
    private final Target target;
    private final VersionTracker tracker;

    /** @param tracker the same for all steps of one request and home */
    public BringToVersion(Migrator migrator, Target target, VersionTracker tracker) {
        this.migrator = migrator;
        this.target = target;
        this.tracker = tracker;
    }

    @Override
    public String name() {
        return "bring-to-version";
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        return StepResult.of(migrator.migrate(home, target, tracker));
    }
}
