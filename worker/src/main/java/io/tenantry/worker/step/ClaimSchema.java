package io.tenantry.worker.step;

import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;

/** The first step for a new schema: creates and marks it, or adopts the one from an earlier attempt. */
public final class ClaimSchema implements Step {
    @Override
    public String name() {
        return "claim-schema";
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        HomeState state = home.inspect();
        if (state instanceof HomeState.Missing) {
            home.create();
            return new StepResult.Done();
        }
        if (state instanceof HomeState.Foreign foreign) {
            return StepResult.Refused.of(
                    LocationTaken.error(home.home(), home.home().location(), foreign.comment()));
        }
        return new StepResult.AlreadyDone();
    }
}
