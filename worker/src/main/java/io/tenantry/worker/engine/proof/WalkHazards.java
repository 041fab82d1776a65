package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.hazard.Hazard;
import io.tenantry.worker.engine.hazard.HazardFinder;
import io.tenantry.worker.engine.hazard.HazardKind;
import io.tenantry.worker.engine.hazard.Moment;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.snapshot.TableColumn;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.SqlFailure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/** Measures the scripts of a walk on the home before them, with made-up rows in each table. For one walk, by one thread. */
final class WalkHazards {
    private static final String NOT_NULL_VIOLATION = "23502";
    /** SQLSTATEs that depend on the values: foreign_key_violation, unique_violation, check_violation, exclusion_violation. */
    private static final Set<String> OF_VALUES = Set.of("23503", "23505", "23514", "23P01");

    private static final String DATA_EXCEPTION = "22";

    /** {@link UnquotedNames} looks for the other one. */
    private static final Set<HazardKind> MEASURED =
            Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(HazardKind.UNQUOTED_SCHEMA)));

    private final PathTrial trial;
    private final PlanCandidates candidates;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;
    private final WalkRows rows;
    private final HazardTrial hazards;
    /** What was found in the script that comes, before Flyway runs it. */
    private final Set<Hazard> foundBefore = new HashSet<>();
    /** What the last released script has left; null if it is not known which scripts are released. */
    private Moment.@Nullable InUse inUse;

    WalkHazards(
            PathTrial trial,
            PlanCandidates candidates,
            RehearsalTerms terms,
            RehearsalFindings findings,
            WalkRows rows) {
        this.trial = trial;
        this.candidates = candidates;
        this.terms = terms;
        this.findings = findings;
        this.rows = rows;
        this.hazards = new HazardTrial(trial.scratch());
    }

    /** Measures the next script, of which nothing stays. */
    void before(Migration migration, int place) throws SQLException {
        foundBefore.clear();
        @Nullable List<String> statements = candidates.statements().get(migration.script());
        if (!isMeasured(migration)) {
            return;
        }
        if (place == 0) {
            // It meets nothing.
            findings.sought(migration.script(), MEASURED);
            return;
        }
        if (isInJava(migration)) {
            // The probe measures it.
            return;
        }
        if (statements == null || trial.boundary().findings().isExcluded(migration)) {
            isNotReached(migration);
            return;
        }
        String text = trial.catalog().scripts().text(migration.script());
        boolean isOutside = candidates.plans().outside().containsKey(migration.script());
        List<String> sample = rows.sample();
        HazardTrial.Result result = hazards.run(migration, text, statements, sample, inUse, isOutside);
        Set<Hazard> found = new LinkedHashSet<>(result.hazards());
        if (!sample.isEmpty() && result.outcome() instanceof ScriptTrial.Outcome.Failed failed) {
            HazardTrial.Result withoutRows = hazards.run(migration, text, statements, List.of(), inUse, isOutside);
            found.addAll(withoutRows.hazards());
            if (!(withoutRows.outcome() instanceof ScriptTrial.Outcome.Failed)) {
                failsOnRows(migration, result.failedLine(), failed.failure(), found);
            }
        }
        if (!result.countsScans()) {
            findings.add(Finding.warning(
                    "not-measured",
                    null,
                    null,
                    "the server counts no scans (track_counts is off), so each lock counts as if all rows were read"));
        }
        if (result.meetsLocks()) {
            findings.unsought(migration.script(), Set.of(HazardKind.BACKFILL_UNDER_LOCK));
            findings.add(Finding.note(
                    "not-measured",
                    null,
                    "scripts are tried in one transaction with those before, which hold locks on tables: of a table that a"
                            + " script itself does not change, it is not known whether the script locks it while it reads or"
                            + " changes rows"));
        }
        if (result.isToTheEnd()) {
            findings.sought(migration.script(), MEASURED);
        } else {
            isNotReached(migration);
        }
        findings.hazards(migration.script(), List.copyOf(found));
        foundBefore.addAll(found);
    }

    private static boolean isInJava(Migration migration) {
        return !migration.type().startsWith("SQL");
    }

    /** Its end was not reached, so what of it was not found may be there all the same. */
    void isNotReached(Migration migration) {
        findings.unsought(migration.script(), MEASURED);
    }

    /** Only new scripts count, and only what the released ones have left. */
    private boolean isMeasured(Migration migration) {
        return terms.released() == null || (inUse != null && !terms.isReleased(migration.script()));
    }

    /** Values that are made up may be wrong, as a check tells; that a column has none is no matter of values. */
    private void failsOnRows(Migration migration, @Nullable Integer line, SQLException failure, Set<Hazard> found)
            throws SQLException {
        String state = String.valueOf(failure.getSQLState());
        if (OF_VALUES.contains(state) || state.startsWith(DATA_EXCEPTION) || TrialFindings.isTimeout(state)) {
            return;
        }
        String message = FailureKind.firstLines(failure.getMessage());
        Optional<TableColumn> column = SqlFailure.table(failure)
                .flatMap(table -> SqlFailure.column(failure).map(name -> new TableColumn(table, name)));
        if (state.equals(NOT_NULL_VIOLATION) && column.isPresent() && !exists(column.get())) {
            // The end of a run without rows says less.
            found.removeIf(hazard -> hazard.kind() == HazardKind.ADDING_REQUIRED_FIELD
                    || (hazard.kind() == HazardKind.BACKFILL_UNDER_LOCK && Objects.equals(line, hazard.line())));
            found.add(new Hazard(
                    HazardKind.ADDING_REQUIRED_FIELD,
                    line,
                    "it fails on each home that has rows: " + message + " (" + state + ")"));
            return;
        }
        findings.add(Finding.warning(
                "fails-on-rows",
                migration.script(),
                line,
                "it fails with made-up rows and not without: " + message + " (" + state
                        + "); try it with rows like a tenant's (--seed)"));
    }

    private boolean exists(TableColumn column) throws SQLException {
        return !trial.scratch()
                .session()
                .ask("SELECT 1 FROM information_schema.columns WHERE table_schema = "
                        + Identifiers.literal(trial.scratch().home().schema())
                        + " AND table_name = " + Identifiers.literal(column.table())
                        + " AND column_name = " + Identifiers.literal(column.column()))
                .isEmpty();
    }

    /** What the last of the released scripts leaves is in use. */
    void after(Migration migration) throws SQLException {
        if (terms.isReleased(migration.script())) {
            released();
        }
    }

    /** What the home has now is in use. */
    void released() throws SQLException {
        inUse = hazards.moment().inUse();
    }

    /**
     * A callback that measures where Flyway runs it what cannot be tried before: a migration in Java, or statements that cannot
     * run in a transaction, as VACUUM FULL; empty for others.
     */
    Optional<Callback> atFlyway(Migration migration) {
        boolean isOutside = candidates.plans().outside().containsKey(migration.script());
        return !isMeasured(migration) || (!isInJava(migration) && !isOutside)
                ? Optional.empty()
                : Optional.of(new FlywayProbe(migration, isOutside));
    }

    /** Measures before and after a migration, within its transaction if it has one. */
    private final class FlywayProbe implements Callback {
        private final Migration migration;
        private final boolean isCommitted;
        private @Nullable Moment before;

        private FlywayProbe(Migration migration, boolean isCommitted) {
            this.migration = migration;
            this.isCommitted = isCommitted;
        }

        @Override
        public boolean supports(Event event, @Nullable Context context) {
            return event == Event.BEFORE_EACH_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, @Nullable Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            try {
                Moment now = hazards.moment();
                Moment start = before;
                if (event == Event.BEFORE_EACH_MIGRATE || start == null) {
                    before = now;
                } else {
                    Moment.InUse used = inUse == null ? start.inUse() : inUse;
                    HazardFinder finder = new HazardFinder(start.tables(), used.tables());
                    List<Hazard> found = new ArrayList<>(
                            isCommitted
                                    ? finder.findCommitted(start.tables(), now.tables())
                                    : finder.find(start.tables(), now.tables(), null));
                    found = new ArrayList<>(finder.withoutReplaced(found, now.tables()));
                    found.addAll(finder.atEnd(now.tables()));
                    found.addAll(start.lostUntil(now, used));
                    found.removeIf(hazard -> foundBefore.stream().anyMatch(hazard::isToldBy));
                    findings.hazards(migration.script(), found);
                    if (isInJava(migration)) {
                        findings.sought(migration.script(), MEASURED);
                    }
                }
            } catch (SQLException failure) {
                throw new FlywayException("the migration cannot be measured", failure);
            }
        }

        @Override
        public String getCallbackName() {
            return "hazards";
        }
    }
}
