package io.tenantry.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A home began to differ from what its migrations make, or no longer does. It has names of objects, and no definitions: those
 * may hold secrets.
 *
 * @param tenant null if all tenants share the database
 * @param database the named database
 * @param server the configured name of the server
 * @param location the schema or the PostgreSQL database there
 * @param version of the home; null if it has none
 * @param differences the first ones, at most {@link #MAX_DIFFERENCES}; null or empty if the home no longer differs
 * @param more how many there are besides
 * @param since when the home was first seen to differ
 * @param checkedAt when the home was looked at
 * @param worker the id of the process that looked
 */
public record TenantDrift(
        @Nullable String tenant,
        String database,
        String server,
        String location,
        @Nullable String version,
        List<DriftedObject> differences,
        int more,
        Instant since,
        Instant checkedAt,
        String worker)
        implements EventData {
    /** So many differences are in one event at most. */
    public static final int MAX_DIFFERENCES = 20;

    /** @throws IllegalArgumentException if a name is not as the schema says, or there are too many differences */
    public TenantDrift {
        if (tenant != null) {
            Rules.tenant(tenant);
        }
        Rules.database(database);
        Objects.requireNonNull(server, "server is missing");
        Objects.requireNonNull(location, "location is missing");
        differences = Rules.withoutNulls("differences", differences);
        Rules.range("the number of differences", differences.size(), 0, MAX_DIFFERENCES);
        Rules.range("more", more, 0, Integer.MAX_VALUE);
        Objects.requireNonNull(since, "since is missing");
        Objects.requireNonNull(checkedAt, "checkedAt is missing");
        Objects.requireNonNull(worker, "worker is missing");
    }

    @Override
    public String key() {
        return tenant == null ? database : tenant;
    }
}
