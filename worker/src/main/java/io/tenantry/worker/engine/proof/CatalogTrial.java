package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.MigrationState;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Tries the scripts of one catalog on one scratch home, by plan and by Flyway. For one use, by one thread. */
final class CatalogTrial {
    private final MigrationCatalog catalog;
    private final Scratch scratch;
    private final Consumer<VerificationWarning> warn;
    private final long endNanos;
    private final List<Migration> migrations;
    private final PlanCandidates candidates;
    private final SchemaBoundaryCheck boundary;
    private final Set<String> marked = new HashSet<>();

    /**
     * Reads the scripts; tries none yet.
     *
     * @param allow scripts that may reach outside the schema
     * @param excluded scripts before which trials end
     * @param warn takes what the owner of the scripts should know; may be called with the same warning twice
     * @param endNanos when to stop for lack of time, as {@link System#nanoTime}
     */
    CatalogTrial(
            MigrationCatalog catalog,
            Scratch scratch,
            Set<String> allow,
            ExcludedScripts excluded,
            Consumer<VerificationWarning> warn,
            long endNanos)
            throws SQLException {
        this.catalog = catalog;
        this.scratch = scratch;
        this.warn = warn;
        this.endNanos = endNanos;
        this.migrations = catalog.migrationsFor(scratch.home());
        StatementObservers observers = StatementObservers.of(scratch.session());
        observers.failure().map(VerificationWarning.ObserversUnknown::new).ifPresent(warn);
        this.candidates = PlanCandidates.of(catalog, scratch, observers);
        this.boundary = new SchemaBoundaryCheck(
                scratch, candidates.statements(), candidates.plans().outside().keySet(), allow);
        boundary.exclude(excluded);
    }

    /**
     * Tries all scripts.
     *
     * @return the plans that are proven
     * @throws MigrationsRefusedException if a script reaches outside the schema without being allowed to
     */
    Plans run() throws SQLException {
        Proof proof = prove();
        return candidates.proven(proof.newHomes.atOnce(proof.result));
    }

    /** What is proven of the scripts one by one. */
    record Proof(PathVerifier newHomes, PathVerifier.Result result) {}

    /**
     * Tries the scripts one by one. The scratch home can be used for more trials afterwards, which it cannot after {@link #run}.
     *
     * @throws MigrationsRefusedException if a script reaches outside the schema without being allowed to
     */
    Proof prove() throws SQLException {
        PathVerifier newHomes = verifier(MigrationState.forNewHome(migrations, null));
        PathVerifier.Result result = newHomes.verify();
        result.rowsNotTried().ifPresent(warn);
        Set<String> proven = new HashSet<>(result.proven());
        Optional<List<Migration>> older = pathOfOlderHomes(migrations);
        if (older.isPresent()) {
            // A script of both paths must be proven on both.
            PathVerifier.Result ofOthers = verifier(older.get()).verify();
            ofOthers.rowsNotTried().ifPresent(warn);
            proven.addAll(ofOthers.proven());
            proven.removeIf(script -> result.refutes(script) || ofOthers.refutes(script));
        }
        candidates.refuseAllBut(proven, "the trial ended before it");
        return new Proof(newHomes, result);
    }

    /** The migrations of homes that are older than the baseline; empty if there are no others than those of new homes. */
    static Optional<List<Migration>> pathOfOlderHomes(List<Migration> migrations) {
        List<Migration> others =
                migrations.stream().filter(migration -> !migration.isBaseline()).toList();
        return others.stream().anyMatch(migration -> MigrationState.isBelowBaseline(migration, migrations))
                ? Optional.of(others)
                : Optional.empty();
    }

    /** A further try of a path; to be asked for after {@link #prove}. */
    PathTrial along(List<Migration> path) {
        return new PathTrial(catalog, scratch, boundary, path, endNanos);
    }

    /** What is known of the boundary, also after a refusal. */
    BoundaryFindings boundary() {
        return boundary.findings();
    }

    /** The scripts as they were read, and their plans. */
    PlanCandidates candidates() {
        return candidates;
    }

    /** The scripts without a plan for homes that exist; to be asked after {@link #run}. */
    List<RefusedPlan> refused() {
        return candidates.refused();
    }

    /** Checks the boundary, and runs over the path once by plan and once by Flyway. */
    private PathVerifier verifier(List<Migration> path) throws SQLException {
        scratch.drop();
        boundary.tryAll(path);
        judgeBoundary();
        PathTrial trial = along(path);
        // By plan first: this run checks the boundary of scripts that Flyway then commits.
        RunResult planned = new PlannedRun(trial, candidates).run(SchemaStateReader.WHOLE);
        judgeBoundary();
        RunResult flyway = new ReferenceRun(trial).run(SchemaStateReader.WHOLE);
        if (flyway.failure() != null) {
            warn.accept(new VerificationWarning.ScriptFails(flyway.failure()));
        }
        return new PathVerifier(trial, candidates, planned.states(), flyway.states());
    }

    private void judgeBoundary() {
        BoundaryVerdict verdict = new BoundaryVerdict(catalog.database(), boundary.findings());
        verdict.warnings().forEach(warn);
        verdict.refusal().ifPresent(refusal -> {
            throw new MigrationsRefusedException(refusal);
        });
        boundary.findings().commenting().stream()
                .filter(marked::add)
                .forEach(script -> candidates.restoreMark(script, scratch.home().markSql()));
    }
}
