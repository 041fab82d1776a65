package io.tenantry.worker.step;

import io.tenantry.worker.engine.MigrationResult;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.Progress;
import io.tenantry.worker.engine.StartingPoint;
import io.tenantry.worker.engine.Target;
import io.tenantry.worker.postgres.LockedHome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Applies the migrations that the home lacks up to the target. One for each request and home. */
final class BringToVersion implements Step {
    private final Migrator migrator;
    private final Target target;
    private final StartingPoint start;
    private @Nullable Progress progress;

    BringToVersion(Migrator migrator, Target target) {
        this(migrator, target, new StartingPoint());
    }

    /** @param start where the request met the home, if a step before it knows that better */
    BringToVersion(Migrator migrator, Target target, StartingPoint start) {
        this.migrator = migrator;
        this.target = target;
        this.start = start;
    }

    @Override
    public String name() {
        return "bring-to-version";
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        MigrationResult result;
        try {
            result = migrator.migrate(home, target, start);
        } catch (SQLException | RuntimeException failure) {
            look(home, failure);
            throw failure;
        }
        if (result instanceof MigrationResult.Migrated migrated) {
            return new StepResult.Migrated(migrated.from(), migrated.to(), migrated.applied());
        }
        if (result instanceof MigrationResult.Failed failed) {
            return new StepResult.Refused(failed.from(), failed.to(), failed.applied(), failed.error());
        }
        MigrationResult.TargetUnknown unknown = (MigrationResult.TargetUnknown) result;
        return new StepResult.NotYet(unknown.from(), unknown.error());
    }

    /** There may be no further attempt, and the scripts before the one that failed are there to stay. */
    private void look(LockedHome home, Exception failure) {
        try {
            progress = migrator.progress(home, start, failure);
        } catch (SQLException | RuntimeException gone) {
            failure.addSuppressed(gone);
        }
    }

    @Override
    public @Nullable Progress progress() {
        return progress;
    }
}
