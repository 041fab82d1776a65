package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.SessionReset;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The session in which trials run. A script that sends too much breaks it, and no more can be tried then. For use by one
 * thread.
 */
final class ScratchSession implements AutoCloseable {
    /** Short, because the home has no rows of a tenant, and others may use the server. */
    private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(30);
    /** A script would leave no trace if it set a timeout to the value that the timeout has. */
    private static final Duration ODD = Duration.ofMillis(1);

    private final HomeSession session;
    private SessionTimeouts timeouts;
    private String schema;
    private TrialStop stop = new TrialStop();
    private @Nullable TooMuchSentException broken;
    /** What {@link #state} has read; null if a statement was executed since then. */
    private @Nullable String state;

    /** The session's settings are not yet those of a trial; see {@link #renew}. */
    ScratchSession(HomeSession session) {
        this.session = session;
        this.schema = session.home().schema();
        this.timeouts = new SessionTimeouts(session.timeouts().lock().plus(ODD), LONGEST_STATEMENT.plus(ODD));
    }

    /** This ends what runs here, until {@link #endsByItself}. */
    void endsWith(TrialStop trials) {
        stop = trials;
        stop.watch(session);
    }

    /** Nothing ends what runs here any more. */
    void endsByItself() {
        stop.forget();
        stop = new TrialStop();
    }

    /** Whether no more statements are run. */
    boolean isStopped() {
        return stop.isRequested();
    }

    /** Statements may last so long from now on. */
    void statementsLast(Duration longest) throws SQLException {
        timeouts = new SessionTimeouts(timeouts.lock(), longest.plus(ODD));
        renew();
    }

    HomeSession homeSession() {
        return session;
    }

    Connection connection() {
        return session.connection();
    }

    /** The limits of statements in trials. */
    SessionTimeouts timeouts() {
        return timeouts;
    }

    /**
     * What may outlive the transaction of a script: see {@link SessionState}. Reading it again costs nothing until the next
     * {@link #execute}; so {@link #afterScript} must follow what a script does otherwise.
     */
    String state() throws SQLException {
        if (state == null) {
            state = SessionState.of(connection());
        }
        return state;
    }

    /** Scripts find their home under this name from now on. */
    void schemaIs(String name) {
        schema = name;
    }

    /** Counts what a script sends. */
    ReceiveLimit limit() {
        return session.limit();
    }

    /** Resets what scripts have set, and takes the lock of the home again. */
    void renew() throws SQLException {
        execute(SessionReset.RESET + "; SELECT pg_advisory_lock("
                + session.home().lockKey() + "); " + setTimeouts());
    }

    /** Resets what ends with a script. */
    void afterScript() throws SQLException {
        execute(SessionReset.afterScript(connection()) + "; " + setTimeouts());
    }

    /** Sets up the session for a script as in a tenant's home: what ends with the script before it is reset. */
    void beginScript() throws SQLException {
        afterScript();
        execute(searchPathSql());
    }

    /** A statement that sets the search path of a script, for the current transaction. */
    String searchPathSql() {
        return "SELECT set_config('search_path', concat_ws(',', "
                + Identifiers.literal(Identifiers.quote(schema))
                + ", nullif(current_setting('search_path'), '')), true)";
    }

    private String setTimeouts() {
        return "SET statement_timeout = " + timeouts.statement().toMillis() + "; SET lock_timeout = "
                + timeouts.lock().toMillis();
    }

    /** Marks the session as broken by a script that sent too much, and returns the exception to throw. */
    TooMuchSentException broken(String script, ReceiveLimit limit, Exception failure) {
        return broken(new TooMuchSentException(script, script + ": " + limit.explanation(), failure));
    }

    /** Marks the session as broken, and returns the exception to throw. */
    TooMuchSentException broken(TooMuchSentException failure) {
        broken = failure;
        return failure;
    }

    boolean isBroken() {
        return broken != null;
    }

    /**
     * Checks that the session can still be used.
     *
     * @throws TooMuchSentException if a script broke it
     * @throws SQLException if the trial was stopped
     */
    void requireSound() throws SQLException {
        stop.check();
        if (broken != null) {
            throw broken;
        }
    }

    void execute(String sql) throws SQLException {
        requireSound();
        state = null;
        Sql.execute(connection(), sql);
    }

    /** The distinct values of a query's first column. */
    Set<String> ask(String sql) throws SQLException {
        return new TreeSet<>(Sql.query(connection(), sql, row -> row.getString(1)));
    }

    /**
     * Statements that set the home's sequences to their current numbers, in one text. A rollback does not give back the
     * numbers that a trial takes.
     */
    String sequencesSql(boolean all) throws SQLException {
        return String.join(
                "; ",
                ask("SELECT format('SELECT setval(%L::regclass, %s, %L)', format('%I.%I', schemaname, sequencename),"
                        + " coalesce(last_value, start_value), last_value IS NOT NULL) FROM pg_sequences WHERE " + all
                        + " OR schemaname = " + Identifiers.literal(schema)));
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}
