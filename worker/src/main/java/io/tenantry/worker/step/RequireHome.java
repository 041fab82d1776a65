package io.tenantry.worker.step;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.Optional;

/** Requires that the home exists and has the tenant's mark. Never creates it. */
public final class RequireHome implements Step {
    @Override
    public String name() {
        return "require-home";
    }

    @Override
    public StepResult run(LockedHome home) throws SQLException {
        return fault(home.home(), home.inspect())
                .<StepResult>map(StepResult.Refused::of)
                .orElseGet(StepResult.AlreadyDone::new);
    }

    /** The error of a registered home that is not there; empty if it is. */
    public static Optional<ResultError> fault(TenantHome home, HomeState state) {
        if (state instanceof HomeState.Missing) {
            return Optional.of(missing(home));
        }
        return state instanceof HomeState.Foreign foreign
                ? Optional.of(LocationTaken.error(home, home.location(), foreign.comment()))
                : Optional.empty();
    }

    /** The error if the home's own database refuses connections. */
    public static ResultError refused(TenantHome home, DatabaseRefusedException refused) {
        if (refused.isMissing()) {
            return missing(home);
        }
        return new ResultError(
                ErrorCode.SERVER_UNAVAILABLE,
                "database " + home.location() + " of " + home.owner() + " refuses this worker's connection: "
                        + refused.getMessage()
                        + "; nothing was done: allow connections to it (ALTER DATABASE ... ALLOW_CONNECTIONS true, GRANT"
                        + " CONNECT), and publish the request again",
                refused.getSQLState(),
                null,
                null,
                null);
    }

    /** The error if a registered home does not exist. */
    static ResultError missing(TenantHome home) {
        return ResultError.of(
                ErrorCode.DRIFT_DETECTED,
                home.kind() + " " + home.location() + " of " + home.owner()
                        + " is registered but does not exist; nothing was done: restore it, or "
                        + (home.tenant() == null
                                ? "delete its row in tenantry.shared_database of the registry"
                                : "onboard the tenant again")
                        + " to make an empty one");
    }
}
