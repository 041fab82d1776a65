package io.tenantry.worker.engine.proof;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries the scripts of a database before they are released: on a scratch home, by plan and by Flyway, from empty and from each
 * older version, with rows, and once more at the end. Each older home is made of the one before it. For use by one thread.
 */
public final class Rehearsal {
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    private final MigrationCatalog catalog;
    private final Server server;
    private final RehearsalTerms terms;
    private final TrialStop stop;
    private final Way way;
    private final Optional<FormerRelease> former;
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

    /** One try of all scripts; ends with an exception if a script has sent too much. */
    private interface Way {
        void tryOut(Rehearsal rehearsal, ExcludedScripts excluded, long endNanos) throws SQLException;
    }

    private Rehearsal(MigrationCatalog catalog, Server server, RehearsalTerms terms, TrialStop stop, Way way) {
        this.stop = stop;
        this.way = way;
        this.catalog = catalog;
        this.server = server;
        this.terms = terms;
        this.former = FormerRelease.of(terms);
        this.findings = new RehearsalFindings(catalog, terms);
    }

    /**
     * Tries all scripts in a schema of its own on this server, of which nothing stays. Takes one connection.
     *
     * @throws SQLException if the server cannot be used, or it was stopped
     */
    public static Result of(MigrationCatalog catalog, Server server, RehearsalTerms terms, TrialStop stop)
            throws SQLException {
        return new Rehearsal(catalog, server, terms, stop, Rehearsal::inSchema).run();
    }

    /**
     * Tries all scripts in a database that is made for it, of which nothing stays; by Flyway alone, as for homes that are
     * databases, and for shared ones. Takes one connection at a time.
     *
     * @param shared the schema of the shared home; null for homes that are databases of tenants
     * @throws SQLException if the server cannot be used, or it was stopped
     */
    public static Result inDatabase(
            MigrationCatalog catalog, Server server, RehearsalTerms terms, TrialStop stop, @Nullable String shared)
            throws SQLException {
        @Nullable String tenant = shared == null ? Scratch.tenant(NameStyle.PLAIN) : null;
        TenantHome home = new TenantHome(
                tenant, catalog.database(), server.name(), shared == null ? "public" : shared, Isolation.SHARED);
        return new Rehearsal(
                        catalog,
                        server,
                        terms,
                        stop,
                        (rehearsal, excluded, endNanos) -> rehearsal.inDatabase(home, excluded, endNanos))
                .run();
    }

    private Result run() throws SQLException {
        long begun = System.nanoTime();
        ExcludedScripts excluded = new ExcludedScripts();
        while (true) {
            try {
                way.tryOut(this, excluded, begun + terms.longest().toNanos());
                return new Result(findings.all(), versions, postgres);
            } catch (TooMuchSentException failure) {
                if (!excluded.add(failure)) {
                    throw failure;
                }
                // What was found so far is found again.
                findings = new RehearsalFindings(catalog, terms);
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

    private void inSchema(ExcludedScripts excluded, long endNanos) throws SQLException {
        boolean ended;
        try (Scratch scratch = Scratch.open(server, catalog.database(), NameStyle.PLAIN, stop, terms.longest())) {
            ended = inSchema(scratch, excluded, endNanos);
        }
        if (ended) {
            new UnquotedNames(catalog, terms, findings, endNanos).find(server, stop);
        }
    }

    /** Whether the newest version was reached on each path. */
    private boolean inSchema(Scratch scratch, ExcludedScripts excluded, long endNanos) throws SQLException {
        if (!mayCreateSchema(scratch)) {
            return false;
        }
        TrialFindings translated = new TrialFindings(catalog.database(), findings);
        CatalogTrial trial = new CatalogTrial(catalog, scratch, terms.allow(), excluded, translated::warning, endNanos);
        read(scratch, trial.candidates());
        try {
            trial.prove();
        } catch (MigrationsRefusedException refusal) {
            translated.boundary(trial.boundary());
            findings.add(Finding.warning(
                    "not-tried", null, null, "the scripts were not tried further: correct the errors first"));
            return false;
        }
        translated.plans(trial.refused(), trial.candidates().plans().outside());
        PathEnds ends = new PathEnds(
                catalog, terms, findings, path -> once(trial.along(path)).state());
        List<List<Migration>> paths = paths(catalog.migrationsFor(scratch.home()));
        for (List<Migration> path : paths) {
            PathEnd end = repeated(before -> walk(trial.along(path), trial.candidates(), before));
            if (end.state().isPresent() && !terms.seeds().isEmpty()) {
                new SeededPlans(trial, terms, findings)
                        .compare(path, end.state().get());
            }
            ends.add(end);
            Optional<List<Migration>> released = former.flatMap(one -> one.path(path));
            if (end instanceof PathEnd.Reached reached && released.isPresent()) {
                ends.compareReleased(
                        reached,
                        repeated(before -> walkOfReleased(trial.along(released.get()), trial.candidates(), before)),
                        former.orElseThrow().someAreGone(catalog));
            }
        }
        ends.compareBaseline(paths);
        return ends.areReached();
    }

    private boolean mayCreateSchema(Scratch scratch) throws SQLException {
        Set<String> missing = scratch.session()
                .ask("SELECT format('%I TO %I', current_database(), current_user) WHERE NOT"
                        + " has_database_privilege(current_database(), 'CREATE')");
        missing.forEach(where -> findings.add(Finding.error(
                "not-tried",
                null,
                null,
                "the scripts are tried in a schema of their own, and the role of servers." + server.name()
                        + " may not create one: GRANT CREATE ON DATABASE " + where)));
        return missing.isEmpty();
    }

    private void inDatabase(TenantHome home, ExcludedScripts excluded, long endNanos) throws SQLException {
        PathEnds ends = new PathEnds(
                catalog,
                terms,
                findings,
                path -> inDatabase(home, excluded, path, endNanos, (trial, candidates) -> once(trial))
                        .state());
        List<List<Migration>> paths = paths(catalog.migrationsFor(home));
        for (List<Migration> path : paths) {
            PathEnd end = repeated(before ->
                    inDatabase(home, excluded, path, endNanos, (trial, candidates) -> walk(trial, candidates, before)));
            ends.add(end);
            Optional<List<Migration>> released = former.flatMap(one -> one.path(path));
            if (end instanceof PathEnd.Reached reached && released.isPresent()) {
                ends.compareReleased(
                        reached,
                        repeated(before -> inDatabase(
                                home,
                                excluded,
                                released.get(),
                                endNanos,
                                (trial, candidates) -> walkOfReleased(trial, candidates, before))),
                        former.orElseThrow().someAreGone(catalog));
            }
        }
        ends.compareBaseline(paths);
    }

    /** A walk along a path, on a scratch home that is ready. */
    private interface Walk {
        PathEnd along(PathTrial trial, PlanCandidates candidates) throws SQLException;
    }

    /** A try of a path, on a new home. */
    private interface Attempt {
        PathEnd after(List<PathEnd.FailedOnRows> before) throws SQLException;
    }

    /** Begins again where rows of a seed may have made a script fail; each time there are fewer seeds. */
    private static PathEnd repeated(Attempt attempt) throws SQLException {
        List<PathEnd.FailedOnRows> before = new ArrayList<>();
        PathEnd end = attempt.after(before);
        while (end instanceof PathEnd.FailedOnRows failed) {
            before.add(failed);
            end = attempt.after(before);
        }
        return end;
    }

    /** Flyway's end of a path, without rows that no script makes. */
    private static PathEnd once(PathTrial trial) throws SQLException {
        List<SchemaState> states =
                new ReferenceRun(trial).run(SchemaStateReader.WHOLE).states();
        return states.size() == trial.path().size()
                ? new PathEnd.Reached(Optional.of(states.get(states.size() - 1)))
                : new PathEnd.Unreached();
    }

    private PathEnd inDatabase(
            TenantHome home, ExcludedScripts excluded, List<Migration> path, long endNanos, Walk walk)
            throws SQLException {
        stop.check();
        Optional<ScratchDatabase> database = createDatabase();
        if (database.isEmpty()) {
            return new PathEnd.Unreached();
        }
        Surroundings surroundings =
                home.tenant() == null ? Surroundings.of(server).without(home.schema()) : Surroundings.NONE;
        try (Scratch scratch = Scratch.in(database.get(), home, surroundings, stop, terms.longest())) {
            PlanCandidates candidates = PlanCandidates.of(catalog, scratch, StatementObservers.everywhere());
            read(scratch, candidates);
            // Nobody else is in the database; what would outlive it is rolled back.
            SchemaBoundaryCheck boundary = new SchemaBoundaryCheck(
                    scratch,
                    candidates.statements(),
                    candidates.plans().outside().keySet(),
                    candidates.statements().keySet());
            boundary.exclude(excluded);
            boundary.tryAll(path);
            @Nullable String tenant = home.tenant();
            if (tenant != null) {
                new TrialFindings(catalog.database(), findings)
                        .sharedByDatabases(boundary.findings(), tenant, candidates.statements());
            }
            return walk.along(new PathTrial(catalog, scratch, boundary, path, endNanos), candidates);
        }
    }

    private Optional<ScratchDatabase> createDatabase() throws SQLException {
        try {
            return Optional.of(ScratchDatabase.create(server));
        } catch (SQLException failure) {
            if (!NO_RIGHT.equals(failure.getSQLState())) {
                throw failure;
            }
            findings.add(Finding.error(
                    "not-tried",
                    null,
                    null,
                    "the scripts are tried in a database of their own, and the role of servers." + server.name()
                            + " may not create one: ALTER ROLE " + role() + " CREATEDB"));
            return Optional.empty();
        }
    }

    private String role() throws SQLException {
        try (Connection connection = server.connection()) {
            return Sql.one(connection, "SELECT quote_ident(current_user)", row -> row.getString(1));
        }
    }

    /** The version of the server, and what the texts show. */
    private void read(Scratch scratch, PlanCandidates candidates) throws SQLException {
        postgres = String.join("", scratch.session().ask("SHOW server_version"));
        new TrialFindings(catalog.database(), findings)
                .texts(
                        catalog.migrations(),
                        candidates.statements(),
                        candidates.plans().outside(),
                        script -> new StatementLines(
                                scratch.names(), catalog.scripts().text(script)));
    }

    /** The path of new homes, and that of homes which are older than the baseline, if there is one. */
    static List<List<Migration>> paths(List<Migration> migrations) {
        List<List<Migration>> paths = new ArrayList<>(List.of(MigrationState.forNewHome(migrations, null)));
        CatalogTrial.pathOfOlderHomes(migrations).ifPresent(paths::add);
        return paths;
    }

    private PathEnd walk(PathTrial trial, PlanCandidates candidates, List<PathEnd.FailedOnRows> before)
            throws SQLException {
        RehearsalWalk walk = new RehearsalWalk(trial, candidates, terms, findings, Optional.empty(), before);
        PathEnd end = walk.run();
        versions += walk.versions();
        if (end instanceof PathEnd.Reached) {
            walk.repeat();
        }
        return end;
    }

    /** The same along {@link FormerRelease#path}. */
    private PathEnd walkOfReleased(PathTrial trial, PlanCandidates candidates, List<PathEnd.FailedOnRows> before)
            throws SQLException {
        return new RehearsalWalk(trial, candidates, terms, findings, former, before).run();
    }
}
