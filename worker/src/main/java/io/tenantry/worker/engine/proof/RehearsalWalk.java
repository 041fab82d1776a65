package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.snapshot.Difference;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Goes along a path by Flyway, one script after the other, on one home that stays: each script meets a home at the version
 * before it. For one use, by one thread.
 */
final class RehearsalWalk {
    private final PathTrial trial;
    private final PlanCandidates candidates;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;
    private final Optional<FormerRelease> former;
    private final List<PathEnd.FailedOnRows> failedOnRows;
    private final WalkRows rows;
    private final WalkHazards hazards;
    private int versions;

    /**
     * @param former what the homes have had; empty for new homes
     * @param failedOnRows why walks over the same path ended; this one leaves out the seeds before these scripts
     */
    RehearsalWalk(
            PathTrial trial,
            PlanCandidates candidates,
            RehearsalTerms terms,
            RehearsalFindings findings,
            Optional<FormerRelease> former,
            List<PathEnd.FailedOnRows> failedOnRows) {
        this.former = former;
        this.failedOnRows = List.copyOf(failedOnRows);
        this.trial = trial;
        this.candidates = candidates;
        this.terms = terms;
        this.findings = findings;
        this.rows = new WalkRows(trial, terms, findings, failedOnRows);
        this.hazards = new WalkHazards(trial, candidates, terms, findings, rows);
    }

    /** How many scripts were applied. */
    int versions() {
        return versions;
    }

    /** Applies the scripts, and then runs Flyway once more. */
    PathEnd run() throws SQLException {
        PathEnd end = walk();
        if (end instanceof PathEnd.Unreached) {
            trial.path().subList(versions, trial.path().size()).forEach(hazards::isNotReached);
        }
        return end;
    }

    private PathEnd walk() throws SQLException {
        trial.begin();
        trial.scratch().create();
        int placeOfFormer = former.map(one -> one.place(trial.path())).orElse(-1);
        for (Migration migration : trial.path()) {
            if (versions == placeOfFormer && !applyFormer()) {
                return new PathEnd.Unreached();
            }
            if (trial.boundary().findings().isUnchecked(migration)) {
                trial.boundary().tryLast(trial.path().subList(0, versions + 1));
            }
            Optional<String> end = trial.hasTime() ? trial.whyEnd(migration) : Optional.of("the time is over");
            if (end.isPresent() && trial.hasTime() && failsAsItIs(migration)) {
                return new PathEnd.Unreached();
            }
            if (end.isPresent()) {
                findings.add(Finding.warning(
                        "not-tried",
                        migration.script(),
                        null,
                        "it and the scripts after it were not tried on homes of each version: " + end.get()));
                return new PathEnd.Unreached();
            }
            hazards.before(migration, versions);
            Optional<PathEnd> ended = apply(migration);
            if (ended.isPresent()) {
                return ended.get();
            }
            versions++;
            rows.reached(migration);
            hazards.after(migration);
        }
        return new PathEnd.Reached(secondRun());
    }

    private void cannotBeRead(SQLException refusal) {
        findings.add(
                Finding.warning(
                        "not-tried",
                        null,
                        null,
                        "the newest version was reached, but this role may not read all rows of the home ("
                                + FailureKind.firstLines(refusal.getMessage())
                                + "): what a second run changes, and whether homes of all versions become the same, was not compared; give"
                                + " verify a role with BYPASSRLS, and GRANT it SELECT on tables that a script gives to another role"));
    }

    /** Whether a script that cannot be applied fails for another reason, which is said then. */
    private boolean failsAsItIs(Migration migration) throws SQLException {
        @Nullable List<String> statements = candidates.statements().get(migration.script());
        if (statements == null
                || !trial.boundary().findings().isUnchecked(migration)
                || trial.boundary().findings().isExcluded(migration)) {
            return false;
        }
        String sequences = trial.scratch().sequencesSql();
        Optional<FailedStatement> failed;
        trial.scratch().begin();
        try {
            trial.scratch().session().execute(trial.scratch().session().searchPathSql());
            failed = FailedStatement.of(
                    trial.scratch(), migration, trial.catalog().scripts().text(migration.script()), statements);
        } finally {
            trial.scratch().undo();
            trial.scratch().session().execute(sequences);
        }
        Optional<ResultError> error = failed.map(one -> one.error(migration)).filter(one -> !isOfTheTransaction(one));
        error.ifPresent(one -> fails(migration, one));
        return error.isPresent();
    }

    /** Whether it is due to the one transaction of the trial, and tenants do not meet it. */
    private static boolean isOfTheTransaction(ResultError error) {
        return ReferenceRun.ONLY_IN_ONE_TRANSACTION.contains(String.valueOf(error.sqlState()));
    }

    private boolean applyFormer() throws SQLException {
        Optional<String> reason = former.orElseThrow().apply(trial);
        reason.ifPresent(why -> findings.add(Finding.warning(
                "not-tried",
                null,
                null,
                "a home that has had the released repeatable scripts was not tried: " + why
                        + "; try what is new on a copy of a tenant's home")));
        hazards.released();
        return reason.isEmpty();
    }

    /** Runs the repeatable scripts again, if there are any; to be called after {@link #run} has reached the end. */
    void repeat() throws SQLException {
        if (trial.path().stream().anyMatch(migration -> migration.version() == null)) {
            new RepeatedScripts(trial, candidates, terms, findings).find(rows.sample());
        }
    }

    /** Applies the next script. Returns how the walk ends; empty if it goes on. */
    private Optional<PathEnd> apply(Migration migration) throws SQLException {
        Optional<ResultError> failure = trial.runFlyway(versions + 1, hazards.atFlyway(migration));
        if (failure.isEmpty()) {
            failedOnRows.stream()
                    .filter(one -> one.script().equals(migration.script()))
                    .forEach(one -> findings.add(TrialFindings.failure(
                            "fails-on-rows",
                            one.error(),
                            "it does so with the rows of seed " + one.seed()
                                    + " and not without rows: a tenant with such rows stays at the version before")));
            return Optional.empty();
        }
        if (rows.areThere() && trial.hasTime()) {
            return Optional.of(new PathEnd.FailedOnRows(migration.script(), failure.get(), rows.seed()));
        }
        if (trial.scratch().isHeld() && isOfTheTransaction(failure.get())) {
            findings.add(Finding.warning(
                    "not-tried",
                    migration.script(),
                    failure.get().line(),
                    "it and the scripts after it were not tried on homes of each version: scripts before it can only be tried in"
                            + " a transaction that is rolled back, and there it fails: "
                            + FailureKind.firstLines(failure.get().message()) + " ("
                            + failure.get().sqlState() + ")"));
        } else {
            fails(migration, failure.get());
        }
        return Optional.of(new PathEnd.Unreached());
    }

    /** The trial of plans ends at a script that fails too. */
    private void fails(Migration migration, ResultError error) {
        boolean isKnown = error.migration() == null
                ? findings.hasErrorOfNoScript("from-empty")
                : findings.has("from-empty", migration.script());
        if (!isKnown) {
            findings.add(TrialFindings.failure(
                    versions == 0 ? "from-empty" : "from-version",
                    error,
                    "it fails "
                            + former.map(FormerRelease::homes).orElse("on each home at the version before it")
                            + "; the scripts after it were not tried"));
        }
    }

    /** Returns the state after it; empty if this role may not read all of it. */
    private Optional<SchemaState> secondRun() throws SQLException {
        Optional<SchemaState> before = trial.read(SchemaStateReader.WHOLE, List.of(), this::cannotBeRead);
        MigrationCatalog catalog = trial.catalog();
        History history = trial.history();
        MigrationState state =
                MigrationState.of(catalog.migrationsFor(trial.scratch().home()), history, null, true);
        if (state instanceof MigrationState.Behind behind) {
            findings.add(Finding.error(
                    "second-run",
                    behind.pending().get(0).script(),
                    null,
                    "a second run applies again: "
                            + behind.pending().stream().map(Migration::script).collect(Collectors.joining(", "))
                            + "; each upgrade of each tenant would do so: remove what makes its checksum differ from run to"
                            + " run"));
        }
        Optional<ResultError> failure = trial.runFlyway(trial.path().size(), Optional.empty());
        failure.ifPresent(
                error -> findings.add(TrialFindings.failure("second-run", error, "the run before it did not fail")));
        Optional<SchemaState> after = trial.read(SchemaStateReader.WHOLE, List.of());
        if (failure.isEmpty() && before.isPresent() && after.isPresent()) {
            List<Difference> differences = after.get().differences(before.get(), Set.of());
            if (!differences.isEmpty()) {
                findings.add(Finding.error(
                        "second-run",
                        null,
                        null,
                        "a second run of Flyway changes the home: "
                                + PathEnds.shown(differences, "after it", "before it")));
            }
        }
        return after;
    }
}
