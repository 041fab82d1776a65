package io.tenantry.worker.step;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.postgres.HomeState;
import io.tenantry.worker.postgres.LockedHome;
import io.tenantry.worker.postgres.TenantHome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Onboarding, first: makes the schema and marks it, or adopts the one that an earlier try of this tenant made. */
final class ClaimSchema implements Step {
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
            return StepResult.Refused.of(taken(home.home(), foreign.comment()));
        }
        return new StepResult.AlreadyDone();
    }

    /** The answer to a schema that is not marked as this tenant's. */
    static ResultError taken(TenantHome home, @Nullable String comment) {
        String owner = comment == null
                ? "has no mark of Tenantry"
                : "belongs to somebody else (comment on schema: \"" + comment.replaceAll("\\s+", " ") + "\")";
        return ResultError.of(
                ErrorCode.LOCATION_TAKEN,
                "schema " + home.location() + " " + owner + "; tenant " + home.tenant()
                        + " was refused and nothing was touched: rename or drop the schema, choose another location for database "
                        + home.database() + ", or, if it is this tenant's, adopt it with COMMENT ON SCHEMA \""
                        + home.location() + "\" IS '" + home.mark() + "', and publish the request again");
    }
}
