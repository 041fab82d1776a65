package io.tenantry.worker.engine.flyway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script that a home lacks, as Flyway would send it there.
 *
 * @param script its file's path below the location, or the class
 * @param version null if it is repeatable
 * @param statements with the values of the placeholders, in their order; empty if {@code fault} is present, or the
 *     migration is in Java
 * @param inTransaction whether Flyway runs all of it in one transaction
 * @param sql whether it is an SQL script, not a migration in Java
 * @param fault why Flyway would not run it; null if nothing is known against it
 */
public record PendingScript(
        String script,
        @Nullable String version,
        String description,
        List<String> statements,
        boolean inTransaction,
        boolean sql,
        @Nullable String fault) {
    public PendingScript {
        statements = List.copyOf(statements);
    }
}
