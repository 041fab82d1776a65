package io.tenantry.worker.registry.rollout;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The SQL that deletes what is older than the retention. Without state: every method works in the caller's transaction, and
 * skips rows that another one has locked. Ages are measured by the database's clock.
 */
public final class RolloutPruning {
    /**
     * Deletes a rollout that ended so long ago, with its waves and members. As long as requests of an aborted rollout are
     * unanswered, workers that read them must find that they are to be skipped; so the rollout is kept for up to twice as long
     * then. It is not kept longer, because a request may have been lost.
     *
     * @return how many: 0 or 1
     */
    public int oneRollout(Connection connection, Duration retention) throws SQLException {
        long seconds = retention.toSeconds();
        return Sql.update(
                connection,
                "DELETE FROM tenantry.rollout WHERE rollout = ANY (ARRAY(SELECT r.rollout FROM tenantry.rollout r WHERE"
                        + " r.finished_at < now() - ? * interval '1 second' AND (r.finished_at < now() - ? * interval"
                        + " '1 second' OR NOT EXISTS (SELECT FROM tenantry.rollout_wave w WHERE w.rollout = r.rollout AND"
                        + " w.in_flight > 0)) LIMIT 1 FOR UPDATE SKIP LOCKED))",
                seconds,
                2 * seconds);
    }

    /** Deletes verbs that were answered so long ago; one of them that came again would be answered again. */
    public int verbs(Connection connection, Duration retention, int limit) throws SQLException {
        return delete(
                connection,
                "rollout_verb",
                "plan_of IS NULL AND answered_at < now() - ? * interval '1 second'",
                retention,
                limit);
    }

    /** Deletes events that were published so long ago. Those that may still have to be published stay. */
    public int events(Connection connection, Duration retention, int limit) throws SQLException {
        return delete(
                connection, "rollout_event", "published AND time < now() - ? * interval '1 second'", retention, limit);
    }

    private static int delete(Connection connection, String table, String old, Duration retention, int limit)
            throws SQLException {
        return Sql.update(
                connection,
                "DELETE FROM tenantry." + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM tenantry." + table
                        + " WHERE " + old + " LIMIT ? FOR UPDATE SKIP LOCKED))",
                retention.toSeconds(),
                limit);
    }
}
