package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.rollout.CountChanges.Member;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of the answers to requests of rollouts. Without state: every method works in the caller's transaction. The number of
 * statements does not depend on the number of answers; without answers there are none. An id that is no member's latest
 * attempt changes nothing: the answer to an earlier attempt was counted before.
 *
 * <p>All workers change the same few rows of waves. So these are locked last, and the caller should commit at once.
 */
public final class RolloutAnswers {
    private static final String CHANGE =
            "WITH before AS (SELECT m.rollout, m.shared, m.key, m.wave, m.state, m.code, m.counted, m.sent_at, a.state AS"
                    + " new_state, a.code AS new_code, a.counts FROM unnest(?::text[], ?::text[], ?::text[], ?::bool[]) AS"
                    + " a (request_id, state, code, counts) JOIN tenantry.rollout_member m ON m.request_id = a.request_id"
                    + " WHERE %s ORDER BY m.rollout, m.shared, m.key FOR NO KEY UPDATE OF m) UPDATE"
                    + " tenantry.rollout_member m SET state = b.new_state, code = b.new_code, counted = b.counts AND"
                    + " (b.counted OR b.state <> 'failed'), dead = ?, ended_at = now() FROM before b WHERE m.rollout ="
                    + " b.rollout AND m.shared = b.shared AND m.key = b.key RETURNING b.rollout, b.wave, b.state AS"
                    + " old_state, b.code AS old_code, b.counted AS old_counted, b.sent_at IS NOT NULL AS sent, m.state,"
                    + " m.code, m.counted";

    /** A result after a dead letter corrects it. */
    private static final String OF_RESULTS = String.format(CHANGE, "m.state = 'pending' OR m.dead");

    private static final String OF_DEAD_LETTERS = String.format(CHANGE, "m.state = 'pending'");
    private static final String OF_RETRACTIONS = String.format(CHANGE, "NOT m.dead");

    /**
     * Ends the members whose latest attempts have these results. A failure counts towards the halt, unless its server was
     * away, or unless an earlier one of the same attempt was acknowledged.
     */
    public void write(Connection connection, Collection<RolloutAnswer> answers) throws SQLException {
        change(connection, OF_RESULTS, answers, false);
    }

    /** Ends those of the members that are pending, because dead letters take the place of their requests' results. */
    public void died(Connection connection, Collection<RolloutAnswer> answers) throws SQLException {
        change(connection, OF_DEAD_LETTERS, answers, true);
    }

    /** The same for members whose results were written before, and have been removed from the ledger. */
    public void retracted(Connection connection, Collection<RolloutAnswer> answers) throws SQLException {
        change(connection, OF_RETRACTIONS, answers, true);
    }

    /** How often the rollouts were halted, by request; those that are no member's latest attempt are left out. */
    public Map<String, AttemptHalts> halts(Connection connection, Collection<String> requestIds) throws SQLException {
        Map<String, AttemptHalts> halts = new HashMap<>();
        Sql.forEach(
                connection,
                "SELECT m.request_id, m.halts, r.halts FROM tenantry.rollout_member m JOIN tenantry.rollout r USING"
                        + " (rollout) WHERE m.request_id = ANY (?)",
                row -> halts.put(row.getString(1), new AttemptHalts(row.getInt(2), row.getInt(3))),
                connection.createArrayOf("text", requestIds.toArray()));
        return halts;
    }

    private static void change(Connection connection, String sql, Collection<RolloutAnswer> answers, boolean dead)
            throws SQLException {
        if (answers.isEmpty()) {
            return;
        }
        CountChanges changes = new CountChanges();
        Sql.forEach(
                connection,
                sql,
                row -> {
                    changes.before(
                            member(row, "old_"),
                            "pending".equals(row.getString("old_state")) && row.getBoolean("sent"));
                    changes.after(member(row, ""));
                },
                array(connection, "text", answers, RolloutAnswer::requestId),
                array(connection, "text", answers, answer -> answer.state().label()),
                array(connection, "text", answers, RolloutAnswers::code),
                array(connection, "bool", answers, RolloutAnswers::countsTowardsHalt),
                dead);
        changes.write(connection);
    }

    private static Member member(ResultSet row, String prefix) throws SQLException {
        return new Member(
                row.getString("rollout"),
                row.getInt("wave"),
                MemberState.of(row.getString(prefix + "state")),
                row.getString(prefix + "code"),
                row.getBoolean(prefix + "counted"));
    }

    private static @Nullable String code(RolloutAnswer answer) {
        return answer.code() == null ? null : answer.code().code();
    }

    private static boolean countsTowardsHalt(RolloutAnswer answer) {
        return answer.state() == MemberState.FAILED && answer.code() != ErrorCode.SERVER_UNAVAILABLE;
    }

    private static Object array(
            Connection connection,
            String type,
            Collection<RolloutAnswer> answers,
            Function<RolloutAnswer, @Nullable Object> value)
            throws SQLException {
        return connection.createArrayOf(type, answers.stream().map(value).toArray());
    }
}
