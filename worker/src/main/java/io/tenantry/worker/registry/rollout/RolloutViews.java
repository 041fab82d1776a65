package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventData;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rollouts for readers. Changes nothing; every method works in the caller's transaction. */
public final class RolloutViews {
    private static final String ROLLOUTS = "SELECT *, ARRAY(SELECT key || '=' || (value ->> 'version') FROM"
            + " jsonb_each(targets) ORDER BY key) AS versions,"
            + " extract(epoch FROM now() - requested_at) AS age,"
            + " extract(epoch FROM coalesce(finished_at, now()) - started_at) AS ran,"
            + " extract(epoch FROM greatest(soak_until - now(), interval '0')) AS soak_left"
            + " FROM tenantry.rollout ";

    private final EventCodec codec = new EventCodec();

    /** A rollout; empty if there is none of this name. */
    public Optional<RolloutView> find(Connection connection, String rollout) throws SQLException {
        return read(connection, "WHERE rollout = ?", rollout).stream().findFirst();
    }

    /**
     * The newest rollouts, newest first.
     *
     * @param onlyActive whether those that have ended are left out
     * @param limit at most so many
     */
    public List<RolloutView> list(Connection connection, boolean onlyActive, int limit) throws SQLException {
        String active = onlyActive ? "WHERE finished_at IS NULL " : "";
        return read(connection, active + "ORDER BY requested_at DESC, rollout LIMIT ?", limit);
    }

    /**
     * Why a start was refused.
     *
     * @param code stable name of the error
     */
    public record Refusal(String code, String reason) {}

    /** The last refusal of a start of this name, while its event is kept; empty if there is none. */
    public Optional<Refusal> refusal(Connection connection, String rollout) throws SQLException {
        return Sql.first(
                connection,
                "SELECT data FROM tenantry.rollout_event WHERE rollout = ? AND type = ? ORDER BY time DESC LIMIT 1",
                row -> {
                    RolloutResult result = decode(row.getString(1), RolloutResult.class);
                    return new Refusal(
                            result.code() == null ? "internal" : result.code().code(),
                            result.reason() == null ? "no reason is known" : result.reason());
                },
                rollout,
                EventType.ROLLOUT_REFUSED.type());
    }

    private List<RolloutView> read(Connection connection, String where, Object parameter) throws SQLException {
        List<RolloutView> heads = Sql.query(connection, ROLLOUTS + where, this::head, parameter);
        Object[] names = heads.stream().map(RolloutView::name).toArray();
        Map<String, List<WaveView>> waves = waves(connection, names);
        Map<String, Map<String, Integer>> failures = failures(connection, names);
        return heads.stream()
                .map(head -> new RolloutView(
                        head.request(),
                        head.drive(),
                        head.state(),
                        head.targets(),
                        head.wave(),
                        waves.getOrDefault(head.name(), List.of()),
                        head.upToDate(),
                        failures.getOrDefault(head.name(), Map.of()),
                        head.why(),
                        head.times()))
                .toList();
    }

    /** Without what lies in other tables. */
    private RolloutView head(ResultSet row) throws SQLException {
        return new RolloutView(
                decode(row.getString("request"), RolloutRequested.class),
                new RolloutView.Drive(
                        row.getString("group_id"),
                        row.getInt("partition"),
                        row.getInt("concurrency"),
                        row.getObject("max_failures", Integer.class),
                        row.getObject("max_failure_percent", Integer.class)),
                RolloutState.of(row.getString("state")),
                versions(row),
                row.getInt("wave"),
                List.of(),
                row.getInt("up_to_date"),
                Map.of(),
                new RolloutView.Why(row.getString("reason"), row.getString("waits_for")),
                new RolloutView.Times(
                        row.getObject("requested_at", OffsetDateTime.class).toInstant(),
                        Rows.instant(row, "started_at"),
                        Rows.instant(row, "finished_at"),
                        Rows.duration(row, "age"),
                        Rows.durationIfAny(row, "ran"),
                        Rows.durationIfAny(row, "soak_left")));
    }

    private static Map<String, List<WaveView>> waves(Connection connection, Object[] rollouts) throws SQLException {
        Map<String, List<WaveView>> waves = new LinkedHashMap<>();
        Sql.forEach(
                connection,
                "SELECT * FROM tenantry.rollout_wave WHERE rollout = ANY (?) ORDER BY rollout, wave",
                row -> waves.computeIfAbsent(row.getString("rollout"), rollout -> new ArrayList<>())
                        .add(wave(row)),
                connection.createArrayOf("text", rollouts));
        return waves;
    }

    private static WaveView wave(ResultSet row) throws SQLException {
        MemberCounts counts = new MemberCounts(
                row.getInt("members"),
                row.getInt("in_flight"),
                row.getInt("completed"),
                row.getInt("up_to_date"),
                row.getInt("failed"),
                row.getInt("skipped"),
                row.getInt("counted"));
        Progress begun = Rows.instant(row, "started_at") == null ? Progress.NOT_BEGUN : Progress.BEGUN;
        return new WaveView(
                row.getInt("wave"),
                row.getString("name"),
                Duration.ofMillis(row.getLong("soak_millis")),
                row.getBoolean("pause_after"),
                counts,
                Rows.instant(row, "completed_at") == null ? begun : Progress.COMPLETED);
    }

    private static Map<String, Map<String, Integer>> failures(Connection connection, Object[] rollouts)
            throws SQLException {
        Map<String, Map<String, Integer>> failures = new LinkedHashMap<>();
        Sql.forEach(
                connection,
                "SELECT rollout, code, requests FROM tenantry.rollout_failure WHERE rollout = ANY (?) ORDER BY rollout,"
                        + " requests DESC, code",
                row -> failures.computeIfAbsent(row.getString(1), rollout -> new LinkedHashMap<>())
                        .put(row.getString(2), row.getInt(3)),
                connection.createArrayOf("text", rollouts));
        return failures;
    }

    private <T extends EventData> T decode(String json, Class<T> type) {
        return codec.decodeData(json.getBytes(StandardCharsets.UTF_8), type);
    }

    private static Map<String, String> versions(ResultSet row) throws SQLException {
        Map<String, String> versions = new LinkedHashMap<>();
        for (String version : (String[]) row.getArray("versions").getArray()) {
            if (version != null) {
                int equals = version.indexOf('=');
                versions.put(version.substring(0, equals), version.substring(equals + 1));
            }
        }
        return versions;
    }
}
