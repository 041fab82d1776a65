package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.hazard.Allowances;
import io.tenantry.worker.engine.hazard.Hazard;
import io.tenantry.worker.engine.hazard.HazardKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects what a rehearsal finds; the same is found once, although a script may be on two paths. For use by one thread. */
final class RehearsalFindings {
    /** What could not be tried or measured, which is no fault of a script. */
    private static final Set<String> OF_THE_TRIAL = Set.of("not-tried", "not-measured", "sends-too-much");

    private static final int MOST_TABLES = 20;

    private final MigrationCatalog catalog;
    private final RehearsalTerms terms;
    private final Set<Finding> findings = new LinkedHashSet<>();
    private final Map<String, Set<Hazard>> hazards = new LinkedHashMap<>();
    /** Of each script the kinds that were looked for to its end, on some path. */
    private final Map<String, Set<HazardKind>> sought = new HashMap<>();
    /** Of each script the kinds of which its end was not reached, on some path. */
    private final Map<String, Set<HazardKind>> unsought = new HashMap<>();

    private final Set<String> emptyTables = new TreeSet<>();

    RehearsalFindings(MigrationCatalog catalog, RehearsalTerms terms) {
        this.catalog = catalog;
        this.terms = terms;
    }

    /** Whether a check has found something in a script. */
    boolean has(String check, String script) {
        return findings.stream().anyMatch(one -> check.equals(one.check()) && script.equals(one.script()));
    }

    /** Whether a check has found an error that concerns no single script, as one of a callback. */
    boolean hasErrorOfNoScript(String check) {
        return findings.stream()
                .anyMatch(one ->
                        check.equals(one.check()) && one.script() == null && one.severity() == Finding.Severity.ERROR);
    }

    /** Adds a finding, unless this check has found an error or a warning in the script before. */
    void add(Finding finding) {
        boolean known = finding.script() != null
                && findings.stream()
                        .anyMatch(one -> finding.script().equals(one.script())
                                && finding.check().equals(one.check())
                                && finding.severity() == one.severity());
        if (!known) {
            findings.add(finding);
        }
    }

    /** Hazards that a script has. */
    void hazards(String script, List<Hazard> found) {
        hazards.computeIfAbsent(script, name -> new LinkedHashSet<>()).addAll(found);
    }

    /** A script was measured to its end: what was not found of these kinds is not there. */
    void sought(String script, Set<HazardKind> kinds) {
        sought.computeIfAbsent(script, name -> EnumSet.noneOf(HazardKind.class)).addAll(kinds);
    }

    /** A script was not measured to its end: whether it has hazards of these kinds is not known. */
    void unsought(String script, Set<HazardKind> kinds) {
        unsought.computeIfAbsent(script, name -> EnumSet.noneOf(HazardKind.class))
                .addAll(kinds);
    }

    /** Tables that had no row when a script was measured. */
    void emptyTables(List<String> names) {
        emptyTables.addAll(names);
    }

    /** All, in the order of the scripts and their lines. */
    List<Finding> all() {
        List<Finding> all = new ArrayList<>(findings);
        if (!emptyTables.isEmpty()) {
            all.add(Finding.note(
                    "not-measured",
                    null,
                    "no made-up row fits these tables, so scripts met them empty, and what fails on rows is not known: "
                            + emptyTables.stream().limit(MOST_TABLES).collect(Collectors.joining(", "))
                            + (emptyTables.size() > MOST_TABLES
                                    ? " and " + (emptyTables.size() - MOST_TABLES) + " more"
                                    : "")
                            + "; give them rows by --seed"));
        }
        catalog.migrations().stream()
                .map(Migration::script)
                .distinct()
                .forEach(script -> all.addAll(ofHazards(script, List.copyOf(hazards.getOrDefault(script, Set.of())))));
        all.replaceAll(this::judged);
        Map<String, Integer> order = new HashMap<>();
        List<Migration> migrations = catalog.migrations();
        migrations.forEach(migration -> order.putIfAbsent(migration.script(), order.size()));
        all.sort(Comparator.comparing((Finding finding) ->
                        finding.script() == null ? -1 : order.getOrDefault(finding.script(), Integer.MAX_VALUE))
                .thenComparing(finding -> finding.line() == null ? 0 : finding.line())
                .thenComparing(Finding::severity));
        return all;
    }

    private Finding judged(Finding finding) {
        @Nullable String script = finding.script();
        return script != null
                        && finding.severity() == Finding.Severity.WARNING
                        && !OF_THE_TRIAL.contains(finding.check())
                        && isPast(script)
                ? new Finding(Finding.Severity.NOTE, finding.check(), script, finding.line(), finding.sentence())
                : finding;
    }

    /** Whether the script is released and cannot be mended any more; a repeatable one can. */
    boolean isPast(String script) {
        return terms.isReleased(script)
                && catalog.repeatables().stream().noneMatch(migration -> script.equals(migration.script()));
    }

    private List<Finding> ofHazards(String script, List<Hazard> found) {
        Allowances allowances = Allowances.in(catalog.sources().acknowledging(script));
        String place = catalog.sources()
                .allowanceFile(script)
                .map(file -> " in the file " + file + " beside its class")
                .orElse("");
        List<Finding> all = new ArrayList<>();
        if (!terms.isReleased(script)) {
            addFaults(allowances, script, found, place, all);
        }
        allowances
                .without(found)
                .forEach(hazard ->
                        all.add(Finding.warning(hazard.kind().id(), script, hazard.line(), hazard.sentence(place))));
        return all;
    }

    private void addFaults(Allowances allowances, String script, List<Hazard> found, String place, List<Finding> all) {
        allowances
                .faults()
                .forEach(fault -> all.add(Finding.error("allow", script, fault.line(), fault.sentence() + place)));
        Set<HazardKind> known = EnumSet.noneOf(HazardKind.class);
        known.addAll(sought.getOrDefault(script, Set.of()));
        known.removeAll(unsought.getOrDefault(script, Set.of()));
        if (!emptyTables.isEmpty()) {
            // It changes or reads rows.
            known.remove(HazardKind.BACKFILL_UNDER_LOCK);
        }
        allowances
                .unused(found, known)
                .forEach(unused -> all.add(Finding.warning("allow", script, unused.line(), unused.sentence() + place)));
    }
}
