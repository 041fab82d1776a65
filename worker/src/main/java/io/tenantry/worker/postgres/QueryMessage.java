package io.tenantry.worker.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Field;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.Tuple;

/**
 * Sends several statements to PostgreSQL in one message, and counts how many were completed. JDBC does not say which
 * one failed; the protocol does, since every completed statement is answered. For use by one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT">multiple
 *     statements in a simple query</a>
 */
public final class QueryMessage {
    private final Answers answers = new Answers();

    /**
     * Sends the statements and awaits the answer.
     *
     * @param connection in autocommit mode; the statements begin and end transactions themselves
     * @throws SQLException the first statement that failed; its transaction is left open
     */
    public void send(Connection connection, String statements) throws SQLException {
        QueryExecutor executor = connection.unwrap(BaseConnection.class).getQueryExecutor();
        // Not parameterized, so the driver does not split the text.
        Query query = executor.createQuery(statements, false, false).query;
        int flags = QueryExecutor.QUERY_EXECUTE_AS_SIMPLE
                | QueryExecutor.QUERY_ONESHOT
                | QueryExecutor.QUERY_SUPPRESS_BEGIN;
        executor.execute(query, null, answers, 0, 0, flags);
    }

    /**
     * How many statements are completed, after {@link #send} has returned or thrown: the next one failed. A syntax
     * error anywhere in the text is found before the first of them begins.
     */
    public int completed() {
        return answers.completed;
    }

    /** The first column of the first row that came back, as text; null if there was none, or it was NULL. */
    public @Nullable String firstValue() {
        return answers.firstValue;
    }

    /** Whether the last completed statement returned no rows. */
    public boolean endsWithoutRows() {
        return !answers.lastHasRows;
    }

    private static final class Answers extends ResultHandlerBase {
        private int completed;
        private boolean hasValue;
        private boolean lastHasRows;
        private @Nullable String firstValue;

        @Override
        public void handleResultRows(Query query, Field[] fields, List<Tuple> rows, @Nullable ResultCursor cursor) {
            completed++;
            lastHasRows = !rows.isEmpty();
            if (!hasValue && !rows.isEmpty() && fields.length > 0) {
                hasValue = true;
                byte @Nullable [] value = rows.get(0).get(0);
                firstValue = value == null ? null : new String(value, StandardCharsets.US_ASCII);
            }
        }

        @Override
        public void handleCommandStatus(String status, long updateCount, long insertOid) {
            completed++;
            lastHasRows = false;
        }

        @Override
        public void handleWarning(SQLWarning warning) {
            // The worker does not read the notices of scripts.
        }
    }
}
