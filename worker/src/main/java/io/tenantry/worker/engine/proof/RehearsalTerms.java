package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a rehearsal is told. Immutable.
 *
 * @param allow scripts, by their names in the history, that may reach outside the schema
 * @param released scripts that tenants have had: their hazards are past, and what the last of them leaves is in use; null
 *     if unknown, then everything is new and everything is in use
 * @param former the released catalog, if homes that have had it can be made; else null
 * @param seeds SQL that inserts rows of a tenant when a home has reached a version, by the version
 * @param longest after how long it ends early, with a warning
 */
public record RehearsalTerms(
        Set<String> allow,
        @Nullable Set<String> released,
        @Nullable MigrationCatalog former,
        Map<String, String> seeds,
        Duration longest) {
    public RehearsalTerms {
        allow = Set.copyOf(allow);
        released = released == null ? null : Set.copyOf(released);
        seeds = Map.copyOf(seeds);
    }

    /** Whether tenants have had the script. */
    boolean isReleased(String script) {
        return released != null && released.contains(script);
    }
}
