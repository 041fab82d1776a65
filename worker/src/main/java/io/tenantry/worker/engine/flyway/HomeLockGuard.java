package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.engine.catalog.Scripts;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.SessionReset;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.exception.FlywayBlockStatementExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the lock of a home while a script outside a transaction releases the locks of its session. DISCARD ALL is run
 * in parts, with the lock in the same message. A statement that may unlock runs in a transaction that holds the lock
 * too. Any other release is detected after the statement. For one run of one script.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-discard.html">DISCARD</a>
 */
public final class HomeLockGuard implements Callback {
    /** The locks of the worker and of Flyway. Flyway fails if its own lock is lost. */
    private static final String HELD = "SELECT classid::bigint << 32 | objid::bigint FROM pg_catalog.pg_locks"
            + " WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid = pg_catalog.pg_backend_pid()";

    private static final Pattern DISCARD_ALL = Pattern.compile("^DISCARD\\s+ALL\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern UNLOCKING = Pattern.compile("\\bpg_advisory_unlock", Pattern.CASE_INSENSITIVE);
    /** What can run in a transaction, unless it ends one. */
    private static final Pattern IN_TRANSACTION =
            Pattern.compile("^(SELECT|DO|WITH|VALUES|INSERT|UPDATE|DELETE|MERGE|EXECUTE)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern MAY_COMMIT = Pattern.compile("\\b(COMMIT|ROLLBACK|CALL)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern BEGINS = Pattern.compile("^(BEGIN|START)\\b", Pattern.CASE_INSENSITIVE);
    /** These take no snapshot, so no statement that takes one may come between them. */
    private static final Pattern SETS_UP = Pattern.compile("^(BEGIN|START|SET)\\b", Pattern.CASE_INSENSITIVE);

    /** Without ROLLBACK TO a savepoint, and without AND CHAIN, which begins the next transaction. */
    private static final Pattern ENDS = Pattern.compile(
            "^(COMMIT|END|ROLLBACK|ABORT)\\b(?!(\\s+(WORK|TRANSACTION))?\\s+(TO|AND\\s+CHAIN)\\b)",
            Pattern.CASE_INSENSITIVE);

    private final long home;
    private final boolean unlocks;
    /** SQL that takes all locks that the session had when the script began; the home's lock comes first. */
    private String lock = "";

    private String lockOfTransaction = "";
    private boolean wrapped;
    /** Whether the script itself has begun a transaction. */
    private boolean inTransaction;

    private boolean lost;

    /**
     * For a home whose lock is held by the session that runs the script.
     *
     * @param home the key of the home's lock
     * @param scripts all scripts: the one to run, and those that define the functions it calls
     */
    public HomeLockGuard(long home, Scripts scripts) {
        this.home = home;
        this.unlocks = scripts.texts().stream()
                .anyMatch(text -> UNLOCKING.matcher(text).find());
    }

    /** Whether Flyway was stopped because another session has the lock. */
    boolean hasLostLock() {
        return lost;
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE_STATEMENT
                || event == Event.AFTER_EACH_MIGRATE_STATEMENT
                || event == Event.AFTER_EACH_MIGRATE_STATEMENT_ERROR;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        String sql =
                SqlStatements.withoutComments(context.getStatement().getSql()).strip();
        Connection connection = context.getConnection();
        try {
            if (!connection.getAutoCommit()) {
                // Flyway's own transaction holds the lock until its end.
                return;
            }
            if (event == Event.BEFORE_EACH_MIGRATE_STATEMENT) {
                before(connection, sql);
            } else if (event == Event.AFTER_EACH_MIGRATE_STATEMENT) {
                after(connection, sql);
            } else {
                failed(connection);
            }
        } catch (SQLException failure) {
            throw new FlywayException("the lock of the home could not be kept", failure);
        }
        if (lost) {
            throw new FlywayException("another session has the lock of the home");
        }
    }

    private void before(Connection connection, String sql) throws SQLException {
        if (lock.isEmpty()) {
            Set<Long> keys = new LinkedHashSet<>(Set.of(home));
            keys.addAll(Sql.query(connection, HELD, row -> row.getLong(1)));
            lock = taking("pg_catalog.pg_try_advisory_lock", keys);
            lockOfTransaction = taking("pg_catalog.pg_try_advisory_xact_lock", keys);
        }
        if (DISCARD_ALL.matcher(sql).find()) {
            // Several statements in one message are one transaction, which holds the lock until the session holds it
            // again.
            lock(connection, lockOfTransaction + "; " + SessionReset.RESET + "; DEALLOCATE ALL; " + lock);
            if (!lost) {
                throw new FlywayBlockStatementExecutionException(
                        new ErrorDetails(CoreErrorCode.ERROR, "run in parts"), "DISCARD ALL was run in parts");
            }
        } else if (inTransaction) {
            if (!ENDS.matcher(sql).find() && !SETS_UP.matcher(sql).find()) {
                Sql.execute(connection, lockOfTransaction);
            }
        } else if (unlocks
                && IN_TRANSACTION.matcher(sql).find()
                && !MAY_COMMIT.matcher(sql).find()) {
            Sql.execute(connection, "BEGIN; " + lockOfTransaction + "; SAVEPOINT tenantry_lock");
            wrapped = true;
        }
    }

    private static String taking(String function, Set<Long> keys) {
        return keys.stream().map(key -> function + "(" + key + ")").collect(Collectors.joining(", ", "SELECT ", ""));
    }

    private void after(Connection connection, String sql) throws SQLException {
        inTransaction = BEGINS.matcher(sql).find()
                || (inTransaction && !ENDS.matcher(sql).find());
        if (inTransaction && SETS_UP.matcher(sql).find()) {
            return;
        }
        lock(connection, lock);
        if (wrapped) {
            wrapped = false;
            Sql.execute(connection, "COMMIT");
        }
    }

    /** Flyway reports the failure itself, also if the lock cannot be taken again. */
    private void failed(Connection connection) {
        if (wrapped) {
            wrapped = false;
            try {
                Sql.execute(connection, "ROLLBACK TO SAVEPOINT tenantry_lock; " + lock + "; ROLLBACK");
            } catch (SQLException ended) {
                // The session has ended too.
            }
        }
    }

    /** @param sql its last statement returns whether each lock was taken */
    private void lock(Connection connection, String sql) throws SQLException {
        lost = !Sql.queryLast(connection, sql, row -> row.getBoolean(1)).contains(true);
    }

    @Override
    public String getCallbackName() {
        return "home-lock-guard";
    }
}
