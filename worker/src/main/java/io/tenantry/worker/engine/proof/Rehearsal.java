package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tries the scripts of a database before they are released: on a scratch home, by plan and by Flyway, from empty and from each
 * older version, with rows, and once more at the end. Each older home is made of the one before it. For use by one thread.
 */
public final class Rehearsal {
    private static final int MOST_SHOWN = 5;

    private final MigrationCatalog catalog;
    private final Server server;
    private final RehearsalTerms terms;
    private RehearsalFindings findings;
    private int versions;
    private String postgres = "";

    /**
     * What was found.
     *
     * @param findings in the order of the scripts and their lines
     * @param versions how many times a script was applied by Flyway to a home at the version before it
     * @param postgres the version of the server
     */
    public record Result(List<Finding> findings, int versions, String postgres) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    private Rehearsal(MigrationCatalog catalog, Server server, RehearsalTerms terms) {
        this.catalog = catalog;
        this.server = server;
        this.terms = terms;
        this.findings = new RehearsalFindings(catalog);
    }

    /**
     * Tries all scripts in a schema of its own on this server, of which nothing stays. Takes one connection.
     *
     * @throws SQLException if the server cannot be used
     */
    public static Result of(MigrationCatalog catalog, Server server, RehearsalTerms terms) throws SQLException {
        return new Rehearsal(catalog, server, terms).run();
    }

    private Result run() throws SQLException {
        long begun = System.nanoTime();
        ExcludedScripts excluded = new ExcludedScripts();
        while (true) {
            try {
                tryOut(excluded, begun + terms.longest().toNanos());
                return new Result(findings.all(), versions, postgres);
            } catch (TooMuchSentException failure) {
                if (!excluded.add(failure)) {
                    throw failure;
                }
                // What was found so far is found again.
                findings = new RehearsalFindings(catalog);
                versions = 0;
                findings.add(Finding.warning(
                        "sends-too-much",
                        failure.script(),
                        null,
                        failure.getMessage() + "; it and the scripts after it were not tried"
                                + (failure.isWithRows() ? " with rows" : "")));
            }
        }
    }

    private void tryOut(ExcludedScripts excluded, long endNanos) throws SQLException {
        TrialFindings translated = new TrialFindings(catalog.database(), findings);
        try (Scratch scratch = Scratch.open(server, catalog.database())) {
            postgres = String.join("", scratch.session().ask("SHOW server_version"));
            CatalogTrial trial =
                    new CatalogTrial(catalog, scratch, terms.allow(), excluded, translated::warning, endNanos);
            PlanCandidates candidates = trial.candidates();
            translated.texts(
                    catalog.migrations(),
                    candidates.statements(),
                    candidates.plans().outside(),
                    script -> new StatementLines(
                            scratch.names(), catalog.scripts().text(script)));
            try {
                trial.prove();
            } catch (MigrationsRefusedException refusal) {
                translated.boundary(trial.boundary());
                findings.add(Finding.warning(
                        "not-tried", null, null, "the scripts were not tried further: correct the errors first"));
                return;
            }
            translated.plans(trial.refused(), candidates.plans().outside());
            Optional<SchemaState> newHome = walk(trial, trial.pathOfNewHomes());
            Optional<List<Migration>> older = trial.pathOfOlderHomes();
            if (older.isPresent()) {
                Optional<SchemaState> grown = walk(trial, older.get());
                if (newHome.isPresent() && grown.isPresent()) {
                    compareBaseline(newHome.get(), grown.get());
                }
            }
        }
    }

    private Optional<SchemaState> walk(CatalogTrial trial, List<Migration> path) throws SQLException {
        RehearsalWalk walk = new RehearsalWalk(trial.along(path), trial.candidates(), terms, findings);
        Optional<SchemaState> end = walk.run();
        versions += walk.versions();
        return end;
    }

    /** What a new home has by the baseline, and homes that were there before have by the scripts below it. */
    private void compareBaseline(SchemaState newHome, SchemaState grown) {
        String baseline = catalog.baselines().stream().sorted().collect(Collectors.joining(", "));
        List<Difference> definitions = newHome.catalog().differences(grown.catalog());
        if (!definitions.isEmpty()) {
            findings.add(Finding.error(
                    "baseline-differs",
                    baseline,
                    null,
                    "a new home is not what older homes are at the newest version: "
                            + shown(definitions, "new home", "older home")
                            + "; make the baseline of what the scripts below it leave"));
        }
        List<Difference> rows = newHome.data().differences(grown.data()).all();
        if (!rows.isEmpty() && terms.seeds().isEmpty()) {
            findings.add(Finding.warning(
                    "baseline-differs",
                    baseline,
                    null,
                    "the rows of a new home differ from those of older homes at the newest version: "
                            + shown(rows, "new home", "older home")));
        }
    }

    static String shown(List<Difference> differences, String here, String there) {
        int hidden = differences.size() - MOST_SHOWN;
        return differences.stream()
                        .limit(MOST_SHOWN)
                        .map(difference -> difference.text(here, there))
                        .collect(Collectors.joining("; "))
                + (hidden > 0 ? " and " + hidden + " more" : "");
    }
}
