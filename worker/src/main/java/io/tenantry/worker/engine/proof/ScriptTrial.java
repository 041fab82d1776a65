package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the statements of one script after the other in an open transaction, so that their effects outside the schema can be
 * seen in it. For use by one thread.
 */
final class ScriptTrial {
    private static final Pattern INDEX_CONCURRENTLY =
            Pattern.compile("^((?:CREATE|DROP)\\s+(?:UNIQUE\\s+)?INDEX)\\s+CONCURRENTLY\\b", Pattern.CASE_INSENSITIVE);

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
    private static final Pattern COPIED_TABLE = Pattern.compile(
            "^COPY\\s+(" + IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER + ")?)", Pattern.CASE_INSENSITIVE);

    /** Its body may end its transaction, unless it runs within one. */
    private static final Pattern WITH_BODY =
            Pattern.compile("^(DO|CREATE\\s+(OR\\s+REPLACE\\s+)?PROCEDURE)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern COMMIT =
            Pattern.compile("\\bCOMMIT(\\s+AND\\s+(NO\\s+)?CHAIN)?\\s*;", Pattern.CASE_INSENSITIVE);

    private static final Pattern REINDEX = Pattern.compile("^REINDEX\\b", Pattern.CASE_INSENSITIVE);
    /** active_sql_transaction: a statement cannot run inside a transaction block. */
    private static final String OUTSIDE_ONLY = "25001";

    private static final Pattern INSERT = Pattern.compile("^INSERT\\b", Pattern.CASE_INSENSITIVE);

    private final Scratch scratch;
    private final SharedSequences sequences;
    private final Probe probe;

    /** How the trial of a script ended. */
    sealed interface Outcome {
        /** All statements ran; their effects are in the transaction. */
        record Finished() implements Outcome {}

        /** A statement failed; the script is rolled back. */
        record Failed(SQLException failure) implements Outcome {}

        /** The script would take a number of a shared sequence, which no rollback gives back; it is rolled back. */
        record DrawsNumber(String sequence) implements Outcome {}

        /** The script dropped or renamed its schema; it is rolled back. */
        record DroppedSchema() implements Outcome {}

        /** All statements ran, and one of them changed the comment of the schema, which is as before again. */
        record ChangedComment() implements Outcome {}
    }

    /** Looks at the transaction around each statement that is run. */
    interface Probe {
        Probe NONE = sql -> {};

        /** Called after the statement, which has not failed. */
        void after(String sql) throws SQLException;
    }

    ScriptTrial(Scratch scratch) {
        this(scratch, Probe.NONE);
    }

    ScriptTrial(Scratch scratch, Probe probe) {
        this.scratch = scratch;
        this.probe = probe;
        this.sequences = new SharedSequences(scratch);
    }

    /** The scripts that follow are run from the first one on. */
    void begin() {
        sequences.begin();
    }

    /**
     * Runs a script. The transaction stays open.
     *
     * @param script its name
     */
    Outcome run(String script, List<String> statements) throws SQLException {
        ScratchSession session = scratch.session();
        session.execute("SAVEPOINT before");
        session.beginScript();
        sequences.forget();
        String before = scratch.identity();
        ReceiveLimit limit = session.limit();
        try (limit;
                Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : statements) {
                Optional<String> sequence = execute(statement, sql);
                if (sequence.isPresent()) {
                    session.execute("ROLLBACK TO before; RELEASE before");
                    return new Outcome.DrawsNumber(sequence.get());
                }
            }
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                throw session.broken(script, limit, failure);
            }
            session.execute("ROLLBACK TO before; RELEASE before");
            return new Outcome.Failed(failure);
        }
        Outcome outcome = judgeSchema(before, scratch.identity());
        session.execute("RELEASE before");
        return outcome;
    }

    private Outcome judgeSchema(String before, String after) throws SQLException {
        if (after.isEmpty() || !number(after).equals(number(before))) {
            scratch.session().execute("ROLLBACK TO before");
            return new Outcome.DroppedSchema();
        }
        if (!after.equals(before)) {
            scratch.mark();
            return new Outcome.ChangedComment();
        }
        return new Outcome.Finished();
    }

    private static String number(String identity) {
        return identity.split("\n", 2)[0];
    }

    /** Returns the shared sequence of which the statement would take a number, and has not run it then; else empty. */
    private Optional<String> execute(Statement statement, String sql) throws SQLException {
        String bare = ScriptCheck.withoutComments(sql);
        if (ScriptCheck.isCopyFromClient(bare)) {
            return execute(statement, sql, bare);
        }
        for (String one : SqlStatements.of(sql)) {
            Optional<String> sequence = execute(statement, one, ScriptCheck.withoutComments(one));
            if (sequence.isPresent()) {
                return sequence;
            }
        }
        return Optional.empty();
    }

    private Optional<String> execute(Statement statement, String sql, String bare) throws SQLException {
        Optional<String> sequence = sequences.drawnBy(sql);
        if (sequence.isPresent()) {
            return sequence;
        }
        Matcher copied = COPIED_TABLE.matcher(bare);
        if (ScriptCheck.isCopyFromClient(bare) && copied.find()) {
            // There are no rows for a COPY here; its lock shows which table it would fill.
            statement.execute("LOCK TABLE " + copied.group(1) + " IN ROW EXCLUSIVE MODE");
        } else if (REINDEX.matcher(bare).find() && !ScriptCheck.isOnlyForFlyway(bare)) {
            reindex(statement, bare);
        } else if (!ScriptCheck.isOnlyForFlyway(bare)) {
            Matcher index = INDEX_CONCURRENTLY.matcher(
                    SqlStatements.withoutComments(bare).strip());
            statement.execute(index.find() ? index.replaceFirst("$1") : inOneTransaction(bare));
        }
        if (!INSERT.matcher(bare).find()) {
            sequences.forget();
        }
        probe.after(sql);
        return Optional.empty();
    }

    /** The rows that batches change are the same in one transaction. */
    private static String inOneTransaction(String bare) {
        return WITH_BODY.matcher(bare).find() ? COMMIT.matcher(bare).replaceAll("NULL;") : bare;
    }

    /** Skips one of a partitioned table, which only Flyway can run, outside a transaction. */
    private void reindex(Statement statement, String bare) throws SQLException {
        scratch.session().execute("SAVEPOINT reindex");
        try {
            statement.execute(bare);
        } catch (SQLException failure) {
            if (!OUTSIDE_ONLY.equals(failure.getSQLState())) {
                throw failure;
            }
            scratch.session().execute("ROLLBACK TO SAVEPOINT reindex");
        }
        scratch.session().execute("RELEASE SAVEPOINT reindex");
    }
}
