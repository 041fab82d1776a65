package io.tenantry.contracts;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result in one database.
 *
 * @param server the configured name of the server
 * @param location the schema or the PostgreSQL database there
 * @param from the version before; null if there was none, or it was not read
 * @param to the version reached; null if none was
 * @param applied the versions that this request applied, in their order; null means none
 * @param durationMs milliseconds, the sum of all attempts
 * @param error null unless the outcome is failed or skipped
 */
public record DatabaseResult(
        String database,
        String server,
        String location,
        Outcome outcome,
        @Nullable String from,
        @Nullable String to,
        List<String> applied,
        long durationMs,
        @Nullable ResultError error) {

    public DatabaseResult {
        Objects.requireNonNull(database, "databases[].database is missing");
        Objects.requireNonNull(server, "databases[].server is missing");
        Objects.requireNonNull(location, "databases[].location is missing");
        Objects.requireNonNull(outcome, "databases[].outcome is missing");
        applied = applied == null ? List.of() : List.copyOf(applied);
    }
}
