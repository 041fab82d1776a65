package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.snapshot.Difference;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs each repeatable script again on a home at the newest version, as its next edit will do in each home. It must not fail,
 * and what it did once it must not do twice. All of it is rolled back. For one walk, by one thread.
 */
final class RepeatedScripts {
    private static final String CHECK = "cannot-run-again";
    private static final String ADVICE =
            "write OR REPLACE, IF NOT EXISTS, IF EXISTS or ON CONFLICT, or drop first what it makes";

    private final PathTrial trial;
    private final PlanCandidates candidates;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;

    RepeatedScripts(PathTrial trial, PlanCandidates candidates, RehearsalTerms terms, RehearsalFindings findings) {
        this.trial = trial;
        this.candidates = candidates;
        this.terms = terms;
        this.findings = findings;
    }

    /**
     * What two runs left.
     *
     * @param first after the first of them; empty if a run failed, or this role may not read it
     * @param failed the finding of a run that failed; null if none did
     */
    private record Runs(
            Optional<SchemaState> first,
            Optional<SchemaState> second,
            @Nullable FailedStatement failed) {
        private Set<String> facts() {
            return second.orElseThrow().facts().differences(first.orElseThrow().facts()).stream()
                    .map(Difference::object)
                    .collect(Collectors.toSet());
        }

        /** Without the numbers that sequences handed out: ON CONFLICT DO NOTHING takes one too. */
        private List<Difference> differences() {
            if (first.isEmpty() || second.isEmpty()) {
                return List.of();
            }
            Set<String> sequences = new HashSet<>(
                    second.get().data().differences(first.get().data()).sequences());
            return second.get().differences(first.get(), facts()).stream()
                    .filter(difference -> !(difference instanceof Difference.Amount
                            && sequences.contains(difference.object().replaceFirst("^sequence ", ""))))
                    .toList();
        }
    }

    /**
     * Runs them.
     *
     * @param rows statements that insert made-up rows, so that there is something to change
     */
    void find(List<String> rows) throws SQLException {
        for (Migration migration : trial.path()) {
            @Nullable List<String> statements = candidates.statements().get(migration.script());
            if (migration.version() == null
                    && statements != null
                    && trial.hasTime()
                    && !trial.boundary().findings().isExcluded(migration)) {
                String sequences = trial.scratch().sequencesSql();
                try {
                    find(migration, statements, rows);
                } finally {
                    trial.scratch().session().execute(sequences);
                }
            }
        }
    }

    private void find(Migration migration, List<String> statements, List<String> rows) throws SQLException {
        List<String> accepted = rows;
        Runs runs = run(migration, statements, accepted, SchemaStateReader.WHOLE);
        if (runs.failed() != null && !rows.isEmpty()) {
            accepted = List.of();
            runs = run(migration, statements, accepted, SchemaStateReader.WHOLE);
        }
        @Nullable FailedStatement failed = runs.failed();
        if (failed != null && TrialFindings.isTimeout(failed.failure().getSQLState())) {
            findings.add(Finding.warning(
                    "not-tried",
                    migration.script(),
                    failed.line(),
                    "whether it can run again was not tried to the end: it took longer than verify waits"));
        } else if (failed != null) {
            fails(migration, failed);
        } else if (!runs.differences().isEmpty()) {
            changes(migration, withoutChance(migration, statements, accepted, runs));
        }
    }

    /** The differences in columns whose values are the same when the runs are made again. */
    private List<Difference> withoutChance(Migration migration, List<String> statements, List<String> rows, Runs runs)
            throws SQLException {
        List<SchemaState> first = List.of(runs.second().orElseThrow());
        Runs again = run(migration, statements, rows, SchemaStateReader.against(first));
        return again.second().isEmpty()
                ? List.of()
                : run(
                                migration,
                                statements,
                                rows,
                                SchemaStateReader.as(List.of(again.second().get())))
                        .differences();
    }

    /** Runs the script twice, on a home that has had it. */
    private Runs run(Migration migration, List<String> statements, List<String> rows, SchemaStateReader reader)
            throws SQLException {
        Scratch scratch = trial.scratch();
        scratch.begin();
        try {
            scratch.session().execute(scratch.session().searchPathSql());
            for (String row : rows) {
                scratch.session().execute(row);
            }
            scratch.session().execute("SET CONSTRAINTS ALL IMMEDIATE");
            Optional<FailedStatement> failed = run(migration, statements);
            if (failed.isPresent()) {
                return new Runs(Optional.empty(), Optional.empty(), failed.get());
            }
            Optional<SchemaState> first = trial.read(reader, List.of());
            failed = run(migration, statements);
            return failed.isPresent() || first.isEmpty()
                    ? new Runs(Optional.empty(), Optional.empty(), failed.orElse(null))
                    : new Runs(first, trial.read(reader, List.of()), null);
        } finally {
            scratch.undo();
        }
    }

    private Optional<FailedStatement> run(Migration migration, List<String> statements) throws SQLException {
        String text = trial.catalog().scripts().text(migration.script());
        return FailedStatement.of(trial.scratch(), migration, text, statements);
    }

    private void fails(Migration migration, FailedStatement failed) {
        String sentence =
                "a second run fails: " + FailureKind.firstLines(failed.failure().getMessage()) + " ("
                        + failed.failure().getSQLState() + ")";
        findings.add(
                terms.isReleased(migration.script())
                        ? Finding.warning(
                                CHECK,
                                migration.script(),
                                failed.line(),
                                sentence + "; its next edit must mend that: " + ADVICE)
                        : Finding.error(
                                CHECK,
                                migration.script(),
                                failed.line(),
                                sentence
                                        + "; a repeatable script runs again after each edit, in each home that has had it: "
                                        + ADVICE));
    }

    private void changes(Migration migration, List<Difference> differences) {
        if (!differences.isEmpty()) {
            findings.add(Finding.warning(
                    CHECK,
                    migration.script(),
                    null,
                    "a second run changes the home once more, as its next edit will do in each home: "
                            + PathEnds.shown(differences, "after it", "before it") + "; " + ADVICE));
        }
    }
}
