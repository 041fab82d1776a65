package io.tenantry.worker.step;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.postgres.HomeState;
import io.tenantry.worker.postgres.LockedHome;
import java.sql.SQLException;

/** Upgrade, first: the schema must be there and be this tenant's; it is never made here. */
final class RequireSchema implements Step {
    @Override
    public String name() {
        return "require-schema";
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        HomeState state = home.inspect();
        if (state instanceof HomeState.Missing) {
            return StepResult.Refused.of(
                    ResultError.of(
                            ErrorCode.DRIFT_DETECTED,
                            "schema " + home.home().location() + " of tenant "
                                    + home.home().tenant()
                                    + " is registered but does not exist; nothing was done: restore it, or onboard the tenant again to make an empty one"));
        }
        if (state instanceof HomeState.Foreign foreign) {
            return StepResult.Refused.of(ClaimSchema.taken(home.home(), foreign.comment()));
        }
        return new StepResult.AlreadyDone();
    }
}
