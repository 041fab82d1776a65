package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.hazard.Hazard;
import io.tenantry.worker.engine.hazard.HazardFinder;
import io.tenantry.worker.engine.hazard.Measurement;
import io.tenantry.worker.engine.hazard.Moment;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script on the scratch home, at the version before it and with rows, and measures after each statement how it locks,
 * scans and rewrites tables. All of it is rolled back. For use by one thread.
 */
final class HazardTrial {
    /**
     * Between timestamp and timestamptz PostgreSQL rewrites a table unless the zone is UTC, as it is on machines of CI. In a table
     * of two rows it would not use an index, as it does in one of a tenant.
     */
    private static final String SETTINGS =
            "DISCARD PLANS; SET LOCAL TimeZone = 'Asia/Kathmandu'; SET LOCAL enable_seqscan = off;"
                    + " SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_mergejoin = off";

    private final Scratch scratch;

    /**
     * What was measured.
     *
     * @param outcome how the script ended; hazards are known up to a statement that failed
     * @param failedLine where a statement that failed begins; null if none failed, or it is unknown
     * @param countsScans whether the server counts scans; if not, each table counts as scanned
     * @param meetsLocks whether scripts before it hold locks on tables in use
     */
    record Result(
            List<Hazard> hazards,
            ScriptTrial.Outcome outcome,
            @Nullable Integer failedLine,
            boolean countsScans,
            boolean meetsLocks) {
        Result {
            hazards = List.copyOf(hazards);
        }

        /** Whether each statement was measured. */
        boolean isToTheEnd() {
            return outcome instanceof ScriptTrial.Outcome.Finished
                    || outcome instanceof ScriptTrial.Outcome.ChangedComment;
        }
    }

    HazardTrial(Scratch scratch) {
        this.scratch = scratch;
    }

    /** All that the home has now. */
    Moment moment() throws SQLException {
        try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
            return Moment.of(scratch.session().connection(), scratch.home().schema(), scratch.hasOwnDatabase());
        }
    }

    /**
     * Runs the script.
     *
     * @param text of the file
     * @param statements that Flyway finds in it
     * @param rows statements that insert sample rows, run before it
     * @param inUse what the last release may use; null for all that the home has
     * @param isOutside whether Flyway runs it outside a transaction: then each statement gives its locks back
     */
    Result run(
            Migration migration,
            String text,
            List<String> statements,
            List<String> rows,
            Moment.@Nullable InUse inUse,
            boolean isOutside)
            throws SQLException {
        ScratchSession session = scratch.session();
        String sequences = scratch.sequencesSql();
        scratch.begin();
        try {
            session.execute(session.searchPathSql());
            for (String row : rows) {
                session.execute(row);
            }
            session.execute("SET CONSTRAINTS ALL IMMEDIATE; " + SETTINGS);
            Moment start = moment();
            Observation observation = new Observation(
                    new StatementLines(scratch.names(), text), start, inUse == null ? start.inUse() : inUse, isOutside);
            ScriptTrial trial = new ScriptTrial(scratch, observation);
            trial.begin();
            ScriptTrial.Outcome outcome = trial.run(migration.script(), statements);
            @Nullable Integer failedLine =
                    outcome instanceof ScriptTrial.Outcome.Failed ? observation.lineOfNext(statements) : null;
            observation.end(outcome);
            return new Result(
                    observation.hazards,
                    outcome,
                    failedLine,
                    start.tables().countsScans(),
                    start.tables().keepsWritersOut(observation.inUse.tables(), History.TABLE));
        } finally {
            scratch.undo();
            session.execute(sequences);
        }
    }

    private Measurement measure() throws SQLException {
        try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
            return Measurement.of(scratch.session().connection(), scratch.home().schema(), scratch.hasOwnDatabase());
        }
    }

    /** Measures after each statement. */
    private final class Observation implements ScriptTrial.Probe {
        private final StatementLines lines;
        private final HazardFinder finder;
        private final Moment start;
        private final Moment.InUse inUse;
        private final boolean isOutside;
        private final List<Hazard> hazards = new ArrayList<>();
        private Measurement before;
        private int done;

        private Observation(StatementLines lines, Moment start, Moment.InUse inUse, boolean isOutside) {
            this.start = start;
            this.inUse = inUse;
            this.isOutside = isOutside;
            this.lines = lines;
            this.finder = new HazardFinder(start.tables(), inUse.tables());
            this.before = start.tables();
        }

        @Override
        public void after(String sql) throws SQLException {
            done++;
            Measurement after = measure();
            find(sql, after).stream()
                    .filter(hazard -> !hazards.contains(hazard))
                    .forEach(hazards::add);
            before = after;
        }

        private List<Hazard> find(String sql, Measurement after) {
            @Nullable Integer line = lines.next(sql);
            if (!isOutside) {
                return finder.find(before, after, line);
            }
            return NonTransactionalScript.blocksNobody(sql)
                    ? List.of()
                    : new HazardFinder(before, inUse.tables()).find(before, after, line);
        }

        /** Only the end shows whether what was dropped is made again. */
        private void end(ScriptTrial.Outcome outcome) throws SQLException {
            List<Hazard> stay = finder.withoutReplaced(hazards, before);
            hazards.retainAll(stay);
            hazards.addAll(finder.atEnd(before));
            if (outcome instanceof ScriptTrial.Outcome.Finished
                    || outcome instanceof ScriptTrial.Outcome.ChangedComment) {
                hazards.addAll(start.lostUntil(moment(), inUse));
            }
        }

        /** The line of the statement after the last one that did not fail. */
        private @Nullable Integer lineOfNext(List<String> statements) {
            return StatementLines.split(statements)
                    .skip(done)
                    .findFirst()
                    .map(lines::next)
                    .orElse(null);
        }
    }
}
