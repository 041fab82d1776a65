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
 * @param inNewHomes scripts that may be applied to a home that this worker is making, though not to one that is there: what
 *     they make CONCURRENTLY is made without that word, since nobody waits in a new home
 * @param atOnce whether all migrations of a new home may be applied in one transaction
 * @param outside scripts that Flyway runs outside a transaction, by the name of the file
 * @param spoilers functions of the database after which a session cannot be reset
 */
public record Plans(
        Map<String, PlannedScript> steps,
        Map<String, PlannedScript> inNewHomes,
        boolean atOnce,
        Map<String, NonTransactionalScript> outside,
        CustomSettingFunctions spoilers) {
    /** Everything goes through Flyway. */
    public static final Plans NONE = of(Map.of(), CustomSettingFunctions.NONE);

    public Plans {
        steps = Map.copyOf(steps);
        inNewHomes = Map.copyOf(inNewHomes);
        outside = Map.copyOf(outside);
    }

    /** Everything goes through Flyway; this much is known of it. */
    public static Plans of(Map<String, NonTransactionalScript> outside, CustomSettingFunctions spoilers) {
        return new Plans(Map.of(), Map.of(), false, outside, spoilers);
    }

    /** The same in a database with these functions. */
    public Plans with(CustomSettingFunctions found) {
        return new Plans(steps, inNewHomes, atOnce, outside, found);
    }

    /** The plan of this migration, whose checksum may depend on the home. */
    public Optional<PlannedScript> of(Migration migration) {
        return Optional.ofNullable(steps.get(migration.script())).map(script -> script.with(migration));
    }

    /** Those for a home that is being made. */
    public Plans forNewHome() {
        Map<String, PlannedScript> all = new HashMap<>(steps);
        all.putAll(inNewHomes);
        return new Plans(all, Map.of(), atOnce, outside, spoilers);
    }

    /** All these, if each may be applied; else empty. */
    public Optional<List<PlannedScript>> all(List<Migration> migrations) {
        List<PlannedScript> scripts =
                migrations.stream().map(this::of).flatMap(Optional::stream).toList();
        return scripts.size() == migrations.size() ? Optional.of(scripts) : Optional.empty();
    }
}
