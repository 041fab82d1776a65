package io.tenantry.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one answer to a request for a tenant or a shared database. Exactly one of {@code tenant} and {@code database}
 * is set.
 *
 * @param database the shared database
 * @param rollout the rollout that the request was part of; null means none
 * @param error what decided a failed or skipped outcome, also when no database was reached; null otherwise
 * @param databases in the order in which they were worked on; null or empty means that none was reached
 * @param attempts how often the worker tried, from 1; 0 if it never came to that
 * @param worker the id of the worker process
 */
public record TenantResult(
        @Nullable String tenant,
        @Nullable String database,
        RequestRef request,
        @Nullable String rollout,
        Outcome outcome,
        @Nullable ResultError error,
        List<DatabaseResult> databases,
        int attempts,
        String worker,
        Instant startedAt,
        Instant finishedAt)
        implements EventData {

    /** @throws IllegalArgumentException if not exactly one of tenant and database is set, or the outcome is not attempted */
    public TenantResult {
        Rules.tenantOrDatabase(tenant, database);
        Objects.requireNonNull(request, "request is missing");
        Objects.requireNonNull(outcome, "outcome is missing");
        if (outcome == Outcome.NOT_ATTEMPTED) {
            throw new IllegalArgumentException("outcome is \"not-attempted\"; expected that only of a database");
        }
        databases = databases == null ? List.of() : List.copyOf(databases);
        Objects.requireNonNull(worker, "worker is missing");
        Objects.requireNonNull(startedAt, "startedAt is missing");
        Objects.requireNonNull(finishedAt, "finishedAt is missing");
    }

    @Override
    public String key() {
        return tenant == null ? Objects.requireNonNull(database) : tenant;
    }
}
