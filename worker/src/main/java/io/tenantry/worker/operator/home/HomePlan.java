package io.tenantry.worker.operator.home;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.Preview;
import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * What a request would do at one home.
 *
 * @param tenant null for a shared database
 * @param database null if the tenant has no homes
 * @param home null if there is none
 * @param preview null if {@code error} is present
 * @param error why the request would fail there, or why the home could not be read
 */
public record HomePlan(
        @Nullable String tenant,
        @Nullable String database,
        @Nullable TenantHome home,
        @Nullable Preview preview,
        @Nullable ResultError error) {
    static HomePlan failed(String tenant, @Nullable String database, ResultError error) {
        return new HomePlan(tenant, database, null, null, error);
    }

    static HomePlan failed(TenantHome home, ResultError error) {
        return new HomePlan(home.tenant(), home.database(), home, null, error);
    }

    static HomePlan of(TenantHome home, Preview preview) {
        return new HomePlan(home.tenant(), home.database(), home, preview, null);
    }

    /** Whether the request would fail here. */
    public boolean fails() {
        return error != null
                || preview instanceof Preview.Refused
                || (preview instanceof Preview.Scripts scripts
                        && scripts.scripts().stream().anyMatch(script -> script.fault() != null));
    }
}
