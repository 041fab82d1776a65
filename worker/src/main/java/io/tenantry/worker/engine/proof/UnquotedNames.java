package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.hazard.Hazard;
import io.tenantry.worker.engine.hazard.HazardKind;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds scripts that put a placeholder into a statement without quotes: they fail for tenants whose names need quotes, as
 * {@code acme-1}. Goes over the paths by Flyway on a scratch home with such names. For use by one thread.
 */
final class UnquotedNames {
    /** syntax_error, invalid_schema_name, undefined_table, undefined_object, undefined_function, undefined_column. */
    private static final Set<String> OF_NAMES = Set.of("42601", "3F000", "42P01", "42704", "42883", "42703");

    private static final Set<HazardKind> SOUGHT = Set.of(HazardKind.UNQUOTED_SCHEMA);

    private final MigrationCatalog catalog;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;
    private final long endNanos;

    UnquotedNames(MigrationCatalog catalog, RehearsalTerms terms, RehearsalFindings findings, long endNanos) {
        this.catalog = catalog;
        this.terms = terms;
        this.findings = findings;
        this.endNanos = endNanos;
    }

    /** Tries scripts that do not fail with names that need no quotes. */
    void find(Server server, TrialStop stop) throws SQLException {
        if (catalog.scripts().texts().stream().noneMatch(UnquotedNames::hasPlaceholder)) {
            catalog.migrations().forEach(migration -> findings.sought(migration.script(), SOUGHT));
            return;
        }
        try (Scratch scratch = Scratch.open(server, catalog.database(), NameStyle.QUOTED, stop, terms.longest())) {
            PlanCandidates candidates = PlanCandidates.of(catalog, scratch, StatementObservers.everywhere());
            SchemaBoundaryCheck boundary = new SchemaBoundaryCheck(
                    scratch,
                    candidates.statements(),
                    candidates.plans().outside().keySet(),
                    terms.allow());
            for (List<Migration> path : Rehearsal.paths(catalog.migrationsFor(scratch.home()))) {
                scratch.drop();
                boundary.tryAll(path);
                along(new PathTrial(catalog, scratch, boundary, path, endNanos), candidates);
            }
        }
    }

    private static boolean hasPlaceholder(String text) {
        return text.contains("${schema}") || text.contains("${tenant}") || text.contains("${flyway:defaultSchema}");
    }

    private void along(PathTrial trial, PlanCandidates candidates) throws SQLException {
        trial.begin();
        trial.scratch().create();
        int done = 0;
        while (done < trial.path().size()
                && trial.hasTime()
                && trial.whyEnd(trial.path().get(done)).isEmpty()
                && trial.runFlyway(done + 1, Optional.empty()).isEmpty()) {
            done++;
        }
        List<Migration> path = trial.path();
        done += rest(trial, candidates, path.subList(done, path.size()));
        path.subList(0, done).forEach(migration -> findings.sought(migration.script(), SOUGHT));
        path.subList(done, path.size()).forEach(migration -> findings.unsought(migration.script(), SOUGHT));
    }

    /**
     * Runs the others in one transaction. One that fails because of a name is applied under a plain one, to meet the next.
     *
     * @return how many were run
     */
    private int rest(PathTrial trial, PlanCandidates candidates, List<Migration> path) throws SQLException {
        Scratch scratch = trial.scratch();
        TenantHome home = scratch.home();
        TenantHome plain = scratch.plain();
        PlannedScript.Names names = scratch.names();
        int done = 0;
        scratch.begin();
        try {
            for (Migration migration : path) {
                @Nullable List<String> statements = candidates.statements().get(migration.script());
                if (statements == null
                        || !trial.hasTime()
                        || scratch.blocksOthers()
                        || trial.boundary().findings().isExcluded(migration)) {
                    return done;
                }
                Optional<FailedStatement> failed = run(scratch, migration, statements);
                if (failed.isPresent()) {
                    if (!isOfNames(migration, failed.get().failure(), plain)) {
                        return done;
                    }
                    report(migration, failed.get());
                    List<String> underPlainName = statements.stream()
                            .map(sql -> names.replace(sql, plain))
                            .toList();
                    scratch.rename(plain);
                    if (run(scratch, migration, underPlainName).isPresent()) {
                        return done;
                    }
                    scratch.rename(home);
                }
                done++;
            }
            return done;
        } finally {
            scratch.known(home);
            scratch.undo();
        }
    }

    private Optional<FailedStatement> run(Scratch scratch, Migration migration, List<String> statements)
            throws SQLException {
        return FailedStatement.of(scratch, migration, catalog.scripts().text(migration.script()), statements);
    }

    /** A script that was applied under the plain name may have left that name in a function. */
    private boolean isOfNames(Migration migration, SQLException failure, TenantHome plain) {
        return OF_NAMES.contains(String.valueOf(failure.getSQLState()))
                && hasPlaceholder(catalog.scripts().text(migration.script()))
                && !String.valueOf(failure.getMessage()).contains(plain.schema());
    }

    private void report(Migration migration, FailedStatement failed) {
        findings.hazards(
                migration.script(),
                List.of(new Hazard(
                        HazardKind.UNQUOTED_SCHEMA,
                        failed.line(),
                        "it fails for tenants whose names need quotes, as acme-1: "
                                + FailureKind.firstLines(failed.failure().getMessage()) + " ("
                                + failed.failure().getSQLState() + ")")));
    }
}
