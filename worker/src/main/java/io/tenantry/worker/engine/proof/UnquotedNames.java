package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.hazard.Hazard;
import io.tenantry.worker.engine.hazard.HazardKind;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds scripts that put a placeholder into a statement without quotes: they fail for tenants whose names need quotes, as
 * {@code acme-1}. Goes over the paths by Flyway on a scratch home with such names. For use by one thread.
 */
final class UnquotedNames {
    /** syntax_error, invalid_schema_name, undefined_table, undefined_object, undefined_function, undefined_column. */
    private static final Set<String> OF_NAMES = Set.of("42601", "3F000", "42P01", "42704", "42883", "42703");

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

    /** Tries scripts that do not fail with names that need no quotes. Ends at the first one that fails. */
    void find(Server server) throws SQLException {
        if (catalog.scripts().texts().stream().noneMatch(UnquotedNames::hasPlaceholder)) {
            return;
        }
        try (Scratch scratch = Scratch.open(server, catalog.database(), NameStyle.QUOTED)) {
            PlanCandidates candidates = PlanCandidates.of(catalog, scratch, StatementObservers.everywhere());
            SchemaBoundaryCheck boundary = new SchemaBoundaryCheck(
                    scratch,
                    candidates.statements(),
                    candidates.plans().outside().keySet(),
                    terms.allow());
            for (List<Migration> path : Rehearsal.paths(catalog.migrationsFor(scratch.home()))) {
                scratch.drop();
                boundary.tryAll(path);
                along(new PathTrial(catalog, scratch, boundary, path, endNanos));
            }
        }
    }

    private static boolean hasPlaceholder(String text) {
        return text.contains("${schema}") || text.contains("${tenant}") || text.contains("${flyway:defaultSchema}");
    }

    private void along(PathTrial trial) throws SQLException {
        trial.begin();
        trial.scratch().create();
        List<Migration> done = new ArrayList<>();
        for (Migration migration : trial.path()) {
            if (!trial.hasTime() || trial.whyEnd(migration).isPresent()) {
                return;
            }
            done.add(migration);
            Optional<ResultError> failure = trial.runFlyway(done.size(), Optional.empty());
            if (failure.isPresent()) {
                report(migration, failure.get());
                return;
            }
        }
    }

    private void report(Migration migration, ResultError error) {
        if (OF_NAMES.contains(String.valueOf(error.sqlState()))
                && hasPlaceholder(catalog.scripts().text(migration.script()))) {
            findings.hazards(
                    migration.script(),
                    List.of(new Hazard(
                            HazardKind.UNQUOTED_SCHEMA,
                            error.line(),
                            "it fails for tenants whose names need quotes, as acme-1: " + error.message() + " ("
                                    + error.sqlState() + ")")));
        }
    }
}
