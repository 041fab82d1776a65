package io.tenantry.worker.registry.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The SQL of what the requests of rollouts wait for. Each live worker writes the oldest ones every few seconds. Without
 * state: every method works in the caller's transaction.
 */
public final class RolloutWaits {
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Those of a rollout, the oldest first.
     *
     * @param limit at most so many
     */
    public List<RolloutWait> oldest(Connection connection, String rollout, int limit) throws SQLException {
        return Sql.query(
                connection,
                "SELECT w.*, greatest(0, extract(epoch FROM now() - w.since) * 1000)::bigint AS age_millis FROM"
                        + " tenantry.rollout_wait w WHERE w.rollout = ? ORDER BY w.since, w.key LIMIT ?",
                this::read,
                rollout,
                limit);
    }

    /**
     * Writes those of a worker, in place of what is there. Its row in {@code worker} must be there.
     *
     * @param waits of this worker
     */
    public void write(Connection connection, String group, String worker, List<RolloutWait> waits) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM tenantry.rollout_wait WHERE group_id = ? AND application_name = ?",
                group,
                worker);
        for (RolloutWait wait : waits) {
            Sql.update(
                    connection,
                    "INSERT INTO tenantry.rollout_wait (group_id, application_name, rollout, shared, key, server, running,"
                            + " since, reason, detail, blockers) VALUES (?, ?, ?, ?, ?, ?, ?, now() - ? * interval '1 ms',"
                            + " ?, ?, ?::jsonb) ON CONFLICT DO NOTHING",
                    group,
                    worker,
                    wait.rollout(),
                    wait.shared(),
                    wait.key(),
                    wait.server(),
                    wait.running(),
                    wait.age().toMillis(),
                    wait.reason(),
                    wait.detail(),
                    encode(wait.blockers()));
        }
    }

    private RolloutWait read(ResultSet row) throws SQLException {
        return new RolloutWait(
                row.getString("rollout"),
                row.getBoolean("shared"),
                row.getString("key"),
                row.getString("application_name"),
                row.getString("server"),
                row.getBoolean("running"),
                Duration.ofMillis(row.getLong("age_millis")),
                row.getString("reason"),
                row.getString("detail"),
                decode(row.getString("blockers")));
    }

    private String encode(List<Blocker> blockers) {
        try {
            return json.writeValueAsString(blockers);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("blockers are always JSON", impossible);
        }
    }

    private List<Blocker> decode(String blockers) throws SQLException {
        try {
            return json.readValue(blockers, new TypeReference<List<Blocker>>() {});
        } catch (JsonProcessingException broken) {
            throw new SQLException("the blockers of a request cannot be read: " + blockers, broken);
        }
    }
}
