package io.tenantry.worker.step;

import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.home.DatabaseProvisioning;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The first step for a tenant with its own database: creates and marks the database, or adopts the one from an earlier
 * attempt for this tenant. Runs in the server's own database.
 */
public final class ClaimDatabase implements Step {
    private final @Nullable TemplateDatabase template;
    private final VersionTracker tracker;

    /**
     * @param template null if this database is created without one
     * @param tracker the same for all steps of one request and home
     */
    public ClaimDatabase(@Nullable TemplateDatabase template, VersionTracker tracker) {
        this.template = template;
        this.tracker = tracker;
    }

    @Override
    public String name() {
        return "claim-database";
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        HomeState state = home.inspect();
        if (state instanceof HomeState.Foreign foreign) {
            return StepResult.Refused.of(
                    LocationTaken.error(home.home(), home.home().location(), foreign.comment()));
        }
        if (state instanceof HomeState.Marked) {
            return new StepResult.AlreadyDone();
        }
        DatabaseProvisioning provisioning = new DatabaseProvisioning(home);
        HomeState made = provisioning.make(template == null ? null : template.name());
        if (made instanceof HomeState.Foreign foreign) {
            return StepResult.Refused.of(
                    LocationTaken.error(home.home(), provisioning.temporaryName(), foreign.comment()));
        }
        tracker.isNothing();
        return new StepResult.Done();
    }
}
