package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was proven to do, without Flyway, exactly what Flyway does. Immutable.
 *
 * @param steps scripts that may be applied one by one to a home with history, by the name of the file
 * @param atOnce whether all migrations of a new home may be applied in one transaction
 */
record Plans(Map<String, PlannedScript> steps, boolean atOnce) {
    /** Everything goes through Flyway. */
    static final Plans NONE = new Plans(Map.of(), false);

    Plans {
        steps = Map.copyOf(steps);
    }

    Optional<PlannedScript> of(Migration migration) {
        return Optional.ofNullable(steps.get(migration.script()));
    }

    /** All these, if each may be applied; else empty. */
    Optional<List<PlannedScript>> all(List<Migration> migrations) {
        List<PlannedScript> scripts =
                migrations.stream().map(this::of).flatMap(Optional::stream).toList();
        return scripts.size() == migrations.size() ? Optional.of(scripts) : Optional.empty();
    }
}
