package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The migrations that were verified to have the same result without Flyway, and what is known about the others.
 * Immutable.
 *
 * @param steps scripts that may be applied one by one to a home with history, by the name of the file
 * @param inNewHomes scripts that may be applied to a home that this worker is making, and not to a home that exists: their
 *     results differ where there are rows, or they are planned without CONCURRENTLY, for which a new home has no need
 * @param atOnce whether all migrations of a new home may be applied in one transaction
 * @param outside scripts that Flyway runs outside a transaction, by the name of the file
 * @param customSettings functions of the database that set custom settings, after which a session cannot be reset
 */
public record Plans(
        Map<String, PlannedScript> steps,
        Map<String, PlannedScript> inNewHomes,
        boolean atOnce,
        Map<String, NonTransactionalScript> outside,
        CustomSettingFunctions customSettings) {
    /** No plans: everything goes through Flyway. */
    public static final Plans NONE = of(Map.of(), CustomSettingFunctions.NONE);

    public Plans {
        steps = Map.copyOf(steps);
        inNewHomes = Map.copyOf(inNewHomes);
        outside = Map.copyOf(outside);
    }

    /** No plans, with what is known about the scripts. */
    public static Plans of(Map<String, NonTransactionalScript> outside, CustomSettingFunctions customSettings) {
        return new Plans(Map.of(), Map.of(), false, outside, customSettings);
    }

    /** The same plans for a database with these functions. */
    public Plans with(CustomSettingFunctions found) {
        return new Plans(steps, inNewHomes, atOnce, outside, found);
    }

    /** The plan of this migration, whose checksum may depend on the home. */
    public Optional<PlannedScript> of(Migration migration) {
        return Optional.ofNullable(steps.get(migration.script())).map(script -> script.with(migration));
    }

    /** The plans for a home that is being made. */
    public Plans forNewHome() {
        Map<String, PlannedScript> all = new HashMap<>(steps);
        all.putAll(inNewHomes);
        return new Plans(all, Map.of(), atOnce, outside, customSettings);
    }

    /** The plans of all these migrations; empty if one of them has none. */
    public Optional<List<PlannedScript>> all(List<Migration> migrations) {
        List<PlannedScript> scripts =
                migrations.stream().map(this::of).flatMap(Optional::stream).toList();
        return scripts.size() == migrations.size() ? Optional.of(scripts) : Optional.empty();
    }
}
