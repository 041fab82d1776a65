package io.tenantry.worker.step;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The refusal of a schema or database that does not have the mark of the expected home. */
final class LocationTaken {
    private LocationTaken() {}

    /**
     * @param name of the existing schema or database: the location, or the temporary name of a new database
     * @param comment its comment; null if it has none
     */
    static ResultError error(TenantHome home, String name, @Nullable String comment) {
        String kind = home.kind();
        String owner = comment == null
                ? "has no mark of Tenantry"
                : "has another mark (comment on " + kind + ": \"" + comment.replaceAll("\\s+", " ") + "\")";
        String takeOver = home.tenant() == null
                ? "the shared one, adopt it with COMMENT ON " + kind.toUpperCase(Locale.ROOT) + " \"" + name + "\" IS '"
                        + home.mark() + "'"
                : "this tenant's, take it over by `tenantry adopt --database " + home.database() + "`";
        return ResultError.of(
                ErrorCode.LOCATION_TAKEN,
                kind + " " + name + " " + owner + "; " + home.owner()
                        + " was refused and nothing was touched: rename or drop the " + kind
                        + ", choose another location for database " + home.database() + ", or, if it is " + takeOver
                        + ", and publish the request again");
    }
}
