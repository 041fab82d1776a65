package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.plan.PlanText.Part;
import io.tenantry.worker.engine.plan.PlanText.Place;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.TenantHome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builds the text of a plan for one home: one transaction, sent to PostgreSQL in one message. */
public final class PlanSql {
    /** No integer, so that a statement fails: another session holds the home's lock. */
    private static final String BUSY = "tenantry:busy";
    /** The same: the mark or the history is not as expected. */
    private static final String CHANGED = "tenantry:changed";

    /** In the statements that Flyway sends: an event trigger of the database may answer each. */
    private static final String HISTORY_COLUMNS = " (\"installed_rank\" INT NOT NULL, \"version\" VARCHAR(50),"
            + " \"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20) NOT NULL, \"script\" VARCHAR(1000) NOT NULL,"
            + " \"checksum\" INTEGER, \"installed_by\" VARCHAR(100) NOT NULL, \"installed_on\" TIMESTAMP NOT NULL DEFAULT now(),"
            + " \"execution_time\" INTEGER NOT NULL, \"success\" BOOLEAN NOT NULL);\n";

    /** Only statements with one of these words may leave something for the next script of the transaction. */
    private static final Pattern LEAVING =
            Pattern.compile("\\b(SET|set_config|TEMP|TEMPORARY|pg_temp)\\b", Pattern.CASE_INSENSITIVE);

    /** How a plan begins and ends. */
    public enum Bounds {
        TRANSACTION("", "BEGIN", "COMMIT", "ROLLBACK", 1),
        /**
         * Within a transaction that continues. One savepoint is set before the message is sent: of a message that cannot be
         * parsed, PostgreSQL runs no statement.
         */
        SAVEPOINT(
                "SAVEPOINT tenantry_message",
                "SAVEPOINT tenantry_plan",
                "RELEASE SAVEPOINT tenantry_message;\nSET LOCAL search_path TO DEFAULT",
                "ROLLBACK TO SAVEPOINT tenantry_message; RELEASE SAVEPOINT tenantry_message",
                2);

        private final String before;
        private final String begin;
        private final String commit;
        private final String rollBack;
        private final int toCommit;

        /** @param toCommit how many statements the commit consists of */
        Bounds(String before, String begin, String commit, String rollBack, int toCommit) {
            this.before = before;
            this.toCommit = toCommit;
            this.begin = begin;
            this.commit = commit;
            this.rollBack = rollBack;
        }

        /** A statement that is sent before the message of a plan; empty if there is none. */
        String before() {
            return before;
        }

        /** Statements that undo a plan that has failed. */
        String rollBack() {
            return rollBack;
        }
    }

    private final TenantHome home;
    private final SessionTimeouts timeouts;
    private final Bounds bounds;
    private final String table;
    private final StringBuilder sql = new StringBuilder(4096);
    private final List<Place> places = new ArrayList<>();

    PlanSql(TenantHome home, SessionTimeouts timeouts, Bounds bounds) {
        this.home = home;
        this.timeouts = timeouts;
        this.bounds = bounds;
        this.table = History.table(home.schema());
    }

    /**
     * A plan for one script, for a home with this history.
     *
     * @param afterwards statements after the transaction; not run after an error
     */
    PlanText step(History before, PlannedScript script, String afterwards) {
        begin();
        guard(before);
        script(before.nextRank(), script, HistoryInsert.Row.ONLY);
        return commit(script, afterwards);
    }

    /**
     * A plan that creates the home and applies the scripts; nothing may exist at its location.
     *
     * @param between statements that undo what a script may leave for the next one
     * @param afterwards statements after the transaction; not run after an error
     */
    PlanText create(List<PlannedScript> scripts, String between, String afterwards) {
        begin();
        String schema = Identifiers.quote(home.schema());
        // CREATE SCHEMA, the mark, and three statements for the history table.
        places.addAll(Collections.nCopies(5, Place.of(Part.HOME)));
        sql.append("CREATE SCHEMA ")
                .append(schema)
                .append(";\n")
                .append(home.markSql())
                .append(";\n");
        sql.append(historyTable(home.schema()));
        boolean leaves = false;
        for (int i = 0; i < scripts.size(); i++) {
            if (leaves) {
                // One more for the settings.
                places.addAll(Collections.nCopies(between.split(";").length + 1, Place.of(Part.SCRIPT)));
                sql.append(between).append(";\nSELECT ");
                settings();
                sql.append(";\n");
            }
            leaves |= LEAVING.matcher(scripts.get(i).sql()).find();
            script(i + 1, scripts.get(i), new HistoryInsert.Row(i == 0, i == scripts.size() - 1));
        }
        return commit(null, afterwards);
    }

    /** The time when the lock was taken, by the server's clock, from the first value of the answer. */
    static Instant lockTime(String value) {
        return Instant.EPOCH.plus(Long.parseLong(value), ChronoUnit.MICROS);
    }

    /** The lock is a statement of its own, so that later statements read what its last holder has committed. */
    private void begin() {
        places.add(Place.of(Part.BEGIN));
        places.add(Place.of(Part.LOCK));
        // As a number, which does not depend on DateStyle.
        sql.append(bounds.begin)
                .append(";\nSELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint, ");
        settings();
        sql.append(", (CASE WHEN pg_catalog.pg_try_advisory_xact_lock(")
                .append(home.lockKey())
                .append(") THEN '1' ELSE '" + BUSY + "' END)::integer;\n");
    }

    /** Appends the settings for this transaction, as columns of a SELECT. */
    private void settings() {
        sql.append("pg_catalog.set_config('search_path', pg_catalog.concat_ws(',', ")
                .append(Identifiers.literal(Identifiers.quote(home.schema())))
                .append(
                        ", nullif(pg_catalog.current_setting('search_path'), '')), true), pg_catalog.set_config('lock_timeout', '")
                .append(timeouts.lock().toMillis())
                .append("', true), pg_catalog.set_config('statement_timeout', '")
                .append(timeouts.statement().toMillis())
                .append("', true)");
    }

    private void guard(History before) {
        places.add(Place.of(Part.HOME));
        sql.append("SELECT (CASE WHEN ")
                .append(home.markQuery())
                .append(" IS DISTINCT FROM ")
                .append(Identifiers.literal(home.mark()))
                .append(" OR coalesce((SELECT pg_catalog.string_agg(" + HistoryRow.DIGEST
                        + ", E'\\n' ORDER BY \"installed_rank\") FROM ")
                .append(table)
                .append("), '') <> ")
                .append(Identifiers.literal(before.digest()))
                .append(" THEN '" + CHANGED + "' ELSE '1' END)::integer;\n");
    }

    /** Three statements that make an empty history table, as Flyway makes it. */
    static String historyTable(String schema) {
        String table = History.table(schema);
        return "CREATE TABLE " + table + HISTORY_COLUMNS + "ALTER TABLE " + table
                + " ADD CONSTRAINT \"" + History.TABLE
                + "_pk\" PRIMARY KEY (\"installed_rank\");\nCREATE INDEX \"" + History.TABLE + "_s_idx\" ON " + table
                + " (\"success\");\n";
    }

    private void script(int rank, PlannedScript script, HistoryInsert.Row row) {
        for (int i = 0; i < script.statements().size(); i++) {
            places.add(new Place(Part.SCRIPT, script, i));
        }
        places.add(new Place(Part.SCRIPT, script, -1));
        sql.append(script.sqlFor(home));
        sql.append(new HistoryInsert(home, script.migration()).sql(rank, row));
    }

    /** @param script the only script; null if there are several */
    private PlanText commit(@Nullable PlannedScript script, String afterwards) {
        places.add(new Place(Part.COMMIT, script, -1));
        return new PlanText(
                sql.append(bounds.commit).append(afterwards).toString(), places, places.size() - 1 + bounds.toCommit);
    }
}
