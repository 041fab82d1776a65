package io.tenantry.worker.registry.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.postgres.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The SQL of the rollouts' own rows. Without state: every method works in the caller's transaction. */
public final class RolloutTable {
    private static final String COLUMNS =
            "rollout, group_id, partition, state, version, request, traceparent, verb_id, verb_source, targets,"
                    + " concurrency, wave, halts, up_to_date, sequence, reason, waits_for, soak_until, requested_at";

    private final EventCodec codec = new EventCodec();
    private final ObjectMapper json = new ObjectMapper();

    /**
     * What may have changed since it was looked at last.
     *
     * @param progress differs when the row or a count of its waves has changed
     * @param inFlight members with a request that is not answered
     * @param worked members whose request was answered, and not skipped
     */
    public record Look(String rollout, int partition, RolloutState state, String progress, int inFlight, int worked) {}

    /** Lets one transaction at a time plan rollouts; ends with the transaction. */
    public void lockPlanning(Connection connection) throws SQLException {
        Sql.execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended('tenantry rollouts are planned', 0))");
    }

    /** The rollout, locked until the transaction ends; empty if there is none of this name. */
    public Optional<RolloutRow> lock(Connection connection, String rollout) throws SQLException {
        return Sql.first(
                connection,
                "SELECT " + COLUMNS + " FROM tenantry.rollout WHERE rollout = ? FOR NO KEY UPDATE",
                this::read,
                rollout);
    }

    /** The rollout as it is now; empty if there is none of this name. */
    public Optional<RolloutRow> find(Connection connection, String rollout) throws SQLException {
        return Sql.first(
                connection, "SELECT " + COLUMNS + " FROM tenantry.rollout WHERE rollout = ?", this::read, rollout);
    }

    /** The rollouts of these partitions that have not ended. */
    public List<Look> active(Connection connection, String group, Collection<Integer> partitions) throws SQLException {
        String sql =
                "SELECT r.rollout, r.partition, r.state, coalesce(sum(w.in_flight), 0), coalesce(sum(w.completed + w.up_to_date + w.failed), 0), r.version || ' ' || coalesce(sum(w.in_flight) || ' ' ||"
                        + " sum(w.completed) || ' ' || sum(w.up_to_date) || ' ' || sum(w.failed) || ' ' || sum(w.skipped) || ' ' ||"
                        + " sum(w.counted), '') FROM tenantry.rollout r LEFT JOIN tenantry.rollout_wave w USING (rollout) WHERE"
                        + " r.group_id = ? AND r.partition = ANY (?) AND r.finished_at IS NULL GROUP BY r.rollout ORDER BY"
                        + " r.requested_at";
        return Sql.query(
                connection,
                sql,
                row -> new Look(
                        row.getString(1),
                        row.getInt(2),
                        RolloutState.of(row.getString(3)),
                        row.getString(6),
                        row.getInt(4),
                        row.getInt(5)),
                group,
                connection.createArrayOf("int4", partitions.toArray()));
    }

    /** Inserts a new rollout, in its first version. */
    public void insert(Connection connection, RolloutRow row) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, traceparent, verb_id,"
                        + " verb_source, concurrency, max_failures, max_failure_percent) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                        + " ?, ?, ?)",
                row.rollout(),
                row.group(),
                row.partition(),
                row.state().label(),
                new String(codec.encodeData(row.start()), StandardCharsets.UTF_8),
                row.traceparent(),
                row.startedBy().id(),
                row.startedBy().source(),
                row.concurrency(),
                row.start().halt().maxFailures(),
                row.start().halt().maxFailurePercent());
    }

    /**
     * Writes what can change.
     *
     * @return false if the rollout has another version by now: nothing was written
     */
    public boolean update(Connection connection, RolloutRow row) throws SQLException {
        return Sql.update(
                        connection,
                        "UPDATE tenantry.rollout SET state = ?, version = version + 1, targets = ?::jsonb, wave = ?, halts"
                                + " = ?, up_to_date = ?, sequence = ?, reason = ?, waits_for = ?, soak_until ="
                                + " ?::timestamptz, changed_at = now(), started_at = CASE WHEN ? THEN coalesce(started_at,"
                                + " now()) ELSE started_at END, finished_at = CASE WHEN ? THEN coalesce(finished_at,"
                                + " now()) END WHERE rollout = ? AND version = ?",
                        row.state().label(),
                        row.isPlanned() ? encode(row.targets()) : null,
                        row.wave(),
                        row.halts(),
                        row.upToDate(),
                        row.sequence(),
                        row.reason(),
                        row.waitsFor(),
                        row.soakUntil() == null ? null : row.soakUntil().toString(),
                        row.wave() > 0,
                        row.state().isFinal(),
                        row.rollout(),
                        row.version())
                == 1;
    }

    /** Deletes a rollout that was refused. */
    public void delete(Connection connection, String rollout) throws SQLException {
        Sql.update(connection, "DELETE FROM tenantry.rollout WHERE rollout = ?", rollout);
    }

    /** The registry's time. */
    public RegistryTime now(Connection connection) throws SQLException {
        return new RegistryTime(
                Sql.one(connection, "SELECT clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class))
                        .toInstant());
    }

    /** How many requests failed with each code, earlier attempts included. */
    public Map<String, Integer> failures(Connection connection, String rollout) throws SQLException {
        Map<String, Integer> failures = new TreeMap<>();
        Sql.forEach(
                connection,
                "SELECT code, requests FROM tenantry.rollout_failure WHERE rollout = ?",
                row -> failures.put(row.getString(1), row.getInt(2)),
                rollout);
        return failures;
    }

    private RolloutRow read(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime soakUntil = row.getObject("soak_until", OffsetDateTime.class);
        @Nullable String targets = row.getString("targets");
        return new RolloutRow(
                row.getString("rollout"),
                row.getString("group_id"),
                row.getInt("partition"),
                RolloutState.of(row.getString("state")),
                row.getLong("version"),
                codec.decodeData(row.getString("request").getBytes(StandardCharsets.UTF_8), RolloutRequested.class),
                new RolloutRequestRef(row.getString("verb_id"), row.getString("verb_source")),
                row.getString("traceparent"),
                targets == null ? Map.of() : decode(targets),
                row.getInt("concurrency"),
                row.getInt("wave"),
                row.getInt("halts"),
                row.getInt("up_to_date"),
                row.getLong("sequence"),
                row.getString("reason"),
                row.getString("waits_for"),
                soakUntil == null ? null : soakUntil.toInstant(),
                row.getObject("requested_at", OffsetDateTime.class).toInstant());
    }

    private String encode(Map<String, ResolvedTarget> targets) {
        try {
            return json.writeValueAsString(targets);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("targets are always JSON", impossible);
        }
    }

    private Map<String, ResolvedTarget> decode(String targets) throws SQLException {
        try {
            return json.readValue(targets, new TypeReference<TreeMap<String, ResolvedTarget>>() {});
        } catch (JsonProcessingException broken) {
            throw new SQLException("the targets of a rollout cannot be read: " + targets, broken);
        }
    }
}
