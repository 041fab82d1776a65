package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What {@link SchemaBoundaryCheck} has found out about scripts so far, and what follows for their trials: where they must
 * end, and which of them must be rolled back. Only the check adds findings. For use by one thread.
 */
final class BoundaryFindings {
    private final Map<String, List<String>> statements;
    private final Set<String> nonTransactional;
    private final Set<String> allow;
    private final Map<String, String> untried = new HashMap<>();
    private final Map<String, String> untriedWithRows = new HashMap<>();
    private final Set<String> unchecked = new TreeSet<>();
    private final Map<String, Set<String>> foreignObjects = new LinkedHashMap<>();
    private final Map<String, Set<String>> ownSharedObjects = new HashMap<>();
    private final Set<String> triggering = new HashSet<>();
    private final Set<String> dropping = new TreeSet<>();
    private final Set<String> commenting = new TreeSet<>();
    private boolean hasEventTriggers;

    /**
     * @param statements of each script, by the name of the file
     * @param nonTransactional scripts that Flyway runs outside a transaction
     * @param allow scripts that may reach outside the schema
     */
    BoundaryFindings(Map<String, List<String>> statements, Set<String> nonTransactional, Set<String> allow) {
        this.statements = statements;
        this.nonTransactional = nonTransactional;
        this.allow = allow;
    }

    /** Ends trials before a script, for a reason; a reason that is known stays. */
    void exclude(String script, String reason) {
        untried.putIfAbsent(script, reason);
    }

    /** Ends trials with sample rows before a script, for a reason. */
    void excludeWithRows(String script, String reason) {
        untriedWithRows.putIfAbsent(script, reason);
    }

    /** Nothing is known of these scripts, and of no others, until {@link #checked} is called. */
    void onlyUnchecked(List<Migration> path) {
        unchecked.clear();
        path.forEach(this::unchecked);
    }

    /** Nothing is known of the script until {@link #checked} is called. */
    void unchecked(Migration migration) {
        unchecked.add(migration.script());
    }

    void checked(Migration migration) {
        unchecked.remove(migration.script());
    }

    /** The script makes or changes an object outside the schema. */
    void changes(Migration migration, ForeignChanges.Item item) {
        (item.ofTenant() ? ownSharedObjects : foreignObjects)
                .computeIfAbsent(migration.script(), script -> new TreeSet<>())
                .add(item.name());
    }

    /** The database does something outside the schema when the script runs. */
    void triggers(Migration migration) {
        triggering.add(migration.script());
    }

    void dropsSchema(Migration migration) {
        dropping.add(migration.script());
    }

    void commentsOnSchema(Migration migration) {
        commenting.add(migration.script());
    }

    void hasEventTriggers(boolean found) {
        hasEventTriggers = found;
    }

    /** The objects outside the schema that each script makes or changes, and that are not the tenant's. */
    Map<String, Set<String>> foreignObjects() {
        return Collections.unmodifiableMap(foreignObjects);
    }

    /** The names of all these objects. */
    Set<String> ofOthers() {
        Set<String> all = new HashSet<>();
        foreignObjects.values().forEach(all::addAll);
        return all;
    }

    /** Scripts that drop or rename the schema that they run in. */
    Set<String> dropping() {
        return Collections.unmodifiableSet(dropping);
    }

    /** Scripts that set the comment of the schema, which is the tenant's mark. */
    Set<String> commenting() {
        return Collections.unmodifiableSet(commenting);
    }

    /** Whether the script may reach outside the schema. */
    boolean isAllowed(String script) {
        return allow.contains(script);
    }

    /** Whether nothing is known of the script. */
    boolean isUnchecked(Migration migration) {
        return unchecked.contains(migration.script());
    }

    /** Whether a script was found that refuses the start. */
    boolean refuseStart() {
        return !dropping.isEmpty() || !allow.containsAll(foreignObjects.keySet());
    }

    /** Whether the database has event triggers, which react to nearly every script. */
    boolean hasEventTriggers() {
        return hasEventTriggers;
    }

    /** Whether the script was excluded from trials. */
    boolean isExcluded(Migration migration) {
        return untried.containsKey(migration.script());
    }

    /**
     * Why a trial ends before the script; empty if it goes on.
     *
     * @param held whether the trial is in a transaction that is rolled back, whatever the script does
     */
    Optional<String> whyEnd(Migration migration, boolean held) {
        String script = migration.script();
        if (untried.containsKey(script)) {
            return Optional.of(untried.get(script));
        }
        boolean rolledBack = held || mustBeRolledBack(migration);
        return rolledBack && (nonTransactional.contains(script) || any(script, ScriptCheck::leavesTransaction))
                ? Optional.of(
                        "it cannot run in a transaction, and the trial must be one transaction that is rolled back, since "
                                + whyRolledBack(migration, held))
                : Optional.empty();
    }

    private String whyRolledBack(Migration migration, boolean held) {
        if (hasEventTriggers) {
            return "the database has event triggers";
        }
        if (!held && isUnchecked(migration)) {
            return "nothing is known of what it would do";
        }
        return foreignObjects.entrySet().stream()
                .findFirst()
                .map(made -> made.getKey() + " makes or changes " + String.join(", ", made.getValue())
                        + ", outside the schema: make that once on this server, so that it is there")
                .orElse("it or a script before it makes something outside the schema");
    }

    /** Why a trial with sample rows ends before the script; empty if it goes on. */
    Optional<String> whyEndWithRows(Migration migration) {
        return Optional.ofNullable(untriedWithRows.get(migration.script()));
    }

    /** Why a trial cannot show that the script's plan does the same as Flyway; empty if it can. */
    Optional<String> whyWithoutPlan(Migration migration) {
        Set<String> objects = new TreeSet<>(foreignObjects.getOrDefault(migration.script(), Set.of()));
        objects.addAll(ownSharedObjects.getOrDefault(migration.script(), Set.of()));
        return objects.isEmpty()
                ? Optional.empty()
                : Optional.of("it can only be tried in a transaction that is rolled back, since it makes or changes "
                        + String.join(", ", objects));
    }

    /** Whether a trial of the script must never be committed. */
    boolean mustBeRolledBack(Migration migration) {
        return hasEventTriggers
                || triggering.contains(migration.script())
                || isUnchecked(migration)
                || whyWithoutPlan(migration).isPresent()
                || any(migration.script(), ScriptCheck::notifies);
    }

    private boolean any(String script, Predicate<String> what) {
        return statements.getOrDefault(script, List.of()).stream().anyMatch(what);
    }
}
