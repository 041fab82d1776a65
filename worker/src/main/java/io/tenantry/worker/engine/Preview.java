package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.flyway.PendingScript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request to bring a home to a version would do there now. */
public sealed interface Preview {
    /** The home's version; null if none was applied. */
    @Nullable String version();

    /**
     * These scripts would run, in this order.
     *
     * @param scripts empty if the home is up to date
     * @param callbacks the SQL callbacks that Flyway runs around the scripts, by their names
     */
    record Scripts(@Nullable String version, List<PendingScript> scripts, List<String> callbacks) implements Preview {
        public Scripts {
            scripts = List.copyOf(scripts);
            callbacks = List.copyOf(callbacks);
        }
    }

    /** It would fail, and change nothing. */
    record Refused(@Nullable String version, ResultError error) implements Preview {}
}
