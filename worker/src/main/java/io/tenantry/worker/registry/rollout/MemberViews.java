package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.postgres.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members of rollouts for readers. Changes nothing; every method works in the caller's transaction. */
public final class MemberViews {
    private final EventCodec codec = new EventCodec();

    /** How many tenants and shared databases are failed now, by the code of their latest attempt. */
    public Map<String, Integer> failedNow(Connection connection, String rollout) throws SQLException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Sql.forEach(
                connection,
                "SELECT coalesce(code, 'internal'), count(*) FROM tenantry.rollout_member WHERE rollout = ? AND state ="
                        + " 'failed' GROUP BY 1 ORDER BY 2 DESC, 1",
                row -> counts.put(row.getString(1), row.getInt(2)),
                rollout);
        return counts;
    }

    /** How many have an attempt that {@code retry-failed} asked for, and that is not answered. */
    public int retrying(Connection connection, String rollout) throws SQLException {
        return Sql.one(
                connection,
                "SELECT count(*) FROM tenantry.rollout_member WHERE rollout = ? AND state = 'pending' AND retry",
                row -> row.getInt(1),
                rollout);
    }

    /**
     * Those that failed last, with their results; newest first.
     *
     * @param source of the rollout's requests, which is the group's
     * @param limit at most so many
     */
    public List<FailedMember> failed(Connection connection, String rollout, String source, int limit)
            throws SQLException {
        return Sql.query(
                connection,
                "SELECT m.*, r.result FROM (SELECT * FROM tenantry.rollout_member WHERE rollout = ? AND state = 'failed'"
                        + " ORDER BY ended_at DESC NULLS LAST, key LIMIT ?) m LEFT JOIN tenantry.request r ON r.id ="
                        + " m.request_id AND r.source = ? AND r.type = ? AND NOT m.dead ORDER BY m.ended_at DESC NULLS"
                        + " LAST, m.key",
                this::failedMember,
                rollout,
                limit,
                source,
                EventType.MIGRATION_REQUESTED.type());
    }

    /**
     * Those that were sent and are not answered, the longest time first.
     *
     * @param limit at most so many
     */
    public List<InFlightMember> inFlight(Connection connection, String rollout, int limit) throws SQLException {
        return Sql.query(
                connection,
                "SELECT key, shared, wave, extract(epoch FROM now() - sent_at) AS sent FROM tenantry.rollout_member"
                        + " WHERE rollout = ? AND state = 'pending' AND sent_at IS NOT NULL ORDER BY sent_at, key"
                        + " LIMIT ?",
                row -> new InFlightMember(
                        row.getString("key"), row.getBoolean("shared"), row.getInt("wave"), Rows.duration(row, "sent")),
                rollout,
                limit);
    }

    private FailedMember failedMember(ResultSet row) throws SQLException {
        @Nullable String result = row.getString("result");
        @Nullable String code = row.getString("code");
        return new FailedMember(
                row.getString("key"),
                row.getBoolean("shared"),
                row.getInt("wave"),
                row.getInt("attempt"),
                row.getString("request_id"),
                code == null ? "internal" : code,
                row.getBoolean("counted"),
                row.getBoolean("dead"),
                Rows.instant(row, "ended_at"),
                result == null ? null : codec.decodeData(result.getBytes(StandardCharsets.UTF_8), TenantResult.class));
    }
}
