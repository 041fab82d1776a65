package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.flyway.StatementRecorder;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replays the migrations of a path by Flyway on a scratch home, and reads what they make. Nothing of it stays. Logs nothing.
 */
public final class ReferenceTrial {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    private final MigrationCatalog catalog;
    private final Set<String> allow;

    /** What came of a trial. */
    public sealed interface Outcome {
        /**
         * The whole path was replayed.
         *
         * @param snapshot with the names of the scratch home where scripts have written them
         * @param scratch the scratch home, which is gone, with the names that scripts have seen
         */
        record Made(CatalogSnapshot snapshot, TenantHome scratch) implements Outcome {}

        /**
         * It cannot be replayed here.
         *
         * @param reason a clause that names the script
         */
        record Unavailable(String reason) implements Outcome {}
    }

    /** @param allow scripts, by their names in the history, that may reach outside the schema */
    public ReferenceTrial(MigrationCatalog catalog, Set<String> allow) {
        // The path has the order of the home.
        this.catalog = catalog.outOfOrder(true);
        this.allow = Set.copyOf(allow);
    }

    /**
     * Replays a path on a scratch home of this server: a schema beside those of tenants, or, for isolation database and shared,
     * one in a scratch database. Takes about a minute at most, and longer only if single scripts do. Uses one connection at a time.
     *
     * @param home one of those that the result is for; it is not touched
     * @param isLonger whether the scratch tenant has a longer name than otherwise: what a script computes from the name
     *     differs then
     * @throws SQLException if the server cannot be asked now
     */
    public Outcome replay(AppliedPath path, Server server, TenantHome home, boolean isLonger) throws SQLException {
        if (path.unknown().isPresent()) {
            return new Outcome.Unavailable(path.unknown().get());
        }
        NameStyle style = isLonger ? NameStyle.of(home).longer() : NameStyle.of(home);
        try {
            if (home.isolation() != Isolation.SCHEMA) {
                return inScratchDatabase(path, server, home, style);
            }
            try (Scratch scratch = Scratch.open(server, catalog.database(), style)) {
                return new Replay(scratch, path.migrations(), scratch.home()).run();
            }
        } catch (TooMuchSentException failure) {
            return new Outcome.Unavailable(String.valueOf(failure.getMessage()));
        }
    }

    private Outcome inScratchDatabase(AppliedPath path, Server server, TenantHome home, NameStyle style)
            throws SQLException {
        if (home.isolation() == Isolation.DATABASE) {
            return inScratchDatabase(path, server, home, style, Surroundings.NONE);
        }
        List<Outcome> failed = new ArrayList<>();
        for (Surroundings some : Surroundings.of(server).choices(home.schema())) {
            Outcome outcome = inScratchDatabase(path, server, home, style, some);
            if (outcome instanceof Outcome.Made) {
                return outcome;
            }
            failed.add(outcome);
        }
        return failed.get(0);
    }

    private Outcome inScratchDatabase(
            AppliedPath path, Server server, TenantHome home, NameStyle style, Surroundings surroundings)
            throws SQLException {
        ScratchDatabase database;
        try {
            database = ScratchDatabase.create(server);
        } catch (SQLException failure) {
            if (NO_RIGHT.equals(failure.getSQLState())) {
                return new Outcome.Unavailable(
                        "a home of isolation " + home.isolation().name().toLowerCase(Locale.ROOT)
                                + " is compared with one in a scratch database, and the role may not create databases: ALTER ROLE … CREATEDB");
            }
            throw failure;
        }
        @Nullable String tenant = home.tenant() == null ? null : Scratch.tenant(style);
        // It needs no mark: the database is known by its name.
        TenantHome inside = new TenantHome(tenant, home.database(), server.name(), home.schema(), Isolation.SHARED);
        TenantHome named = home.isolation() == Isolation.DATABASE
                ? TenantHome.inDatabase(tenant, home.database(), server.name(), database.name())
                : inside;
        try (Scratch scratch = Scratch.in(database, inside, surroundings)) {
            Outcome outcome = new Replay(scratch, path.migrations(), named).run();
            return outcome instanceof Outcome.Unavailable unavailable
                    ? new Outcome.Unavailable(unavailable.reason() + scratch.lackingExtensions())
                    : outcome;
        }
    }

    /** One replay. */
    private final class Replay {
        private final Scratch scratch;
        private final List<Migration> path;
        private final TenantHome named;
        private final PathTrial trial;

        private Replay(Scratch scratch, List<Migration> path, TenantHome named) throws SQLException {
            this.scratch = scratch;
            this.path = path;
            this.named = named;
            StatementRecorder recording = ScriptRecording.of(catalog, scratch);
            Set<String> nonTransactional = new HashSet<>(
                    ScriptRecording.unrecorded(catalog, recording, scratch).keySet());
            recording.statements().keySet().stream()
                    .filter(recording::isOutsideTransaction)
                    .forEach(nonTransactional::add);
            // Without a schema of others beside it, nothing is refused; what would outlive the database is rolled back.
            Set<String> allowed =
                    scratch.hasOwnDatabase() ? recording.statements().keySet() : allow;
            SchemaBoundaryCheck boundary =
                    new SchemaBoundaryCheck(scratch, recording.statements(), nonTransactional, allowed);
            this.trial = new PathTrial(catalog, scratch, boundary, path, System.nanoTime() + LONGEST.toNanos());
        }

        private Outcome run() throws SQLException {
            scratch.drop();
            trial.boundary().tryAll(path);
            trial.begin();
            scratch.create();
            Optional<String> failure = refusal();
            for (int done = 0; done < path.size() && failure.isEmpty(); ) {
                failure = whyNot(done);
                if (failure.isEmpty()) {
                    int end = endOfCall(done);
                    failure = trial.runFlyway(end, Optional.empty()).map(ResultError::message);
                    done = end;
                }
            }
            return failure.isPresent() ? new Outcome.Unavailable(failure.get()) : made();
        }

        private Outcome made() throws SQLException {
            try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
                Connection connection = scratch.session().connection();
                CatalogSnapshot snapshot = named.isolation() == Isolation.DATABASE
                        ? CatalogSnapshot.ofDatabase(connection, named.schema())
                        : CatalogSnapshot.of(connection, named.schema());
                return new Outcome.Made(snapshot, named);
            }
        }

        /** Why the next script must not run here; empty if it may. */
        private Optional<String> whyNot(int next) throws SQLException {
            Migration migration = path.get(next);
            if (!trial.hasTime()) {
                return Optional.of("the replay of its migrations took longer than " + LONGEST.toSeconds()
                        + " s, and ended before " + migration.script());
            }
            if (scratch.isHeld() && scratch.blocksOthers()) {
                return Optional.of("the replay of its migrations was ended before " + migration.script()
                        + ", since it would keep other sessions from shared tables longer than worker.lock-timeout:"
                        + " look again when the server has less to do, or raise that setting");
            }
            if (trial.boundary().findings().isUnchecked(migration)) {
                trial.boundary().tryLast(path.subList(0, next + 1));
                Optional<String> refusal = refusal();
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            return trial.whyEnd(migration)
                    .map(reason -> migration.script() + " cannot be replayed on a scratch home: " + reason);
        }

        private Optional<String> refusal() {
            return new BoundaryVerdict(catalog.database(), trial.boundary().findings()).refusal();
        }

        /** One call of Flyway applies scripts that it would apply in this order, and that need no look before them. */
        private int endOfCall(int begin) {
            int end = begin + 1;
            while (end < path.size()
                    && AppliedPath.inOrder(path.get(end - 1), path.get(end))
                    && mayFollow(path.get(end))) {
                end++;
            }
            return end;
        }

        private boolean mayFollow(Migration migration) {
            BoundaryFindings findings = trial.boundary().findings();
            // A held trial looks at its locks before each script.
            return !scratch.isHeld()
                    && !findings.mustBeRolledBack(migration)
                    && findings.whyEnd(migration, false).isEmpty();
        }
    }
}
