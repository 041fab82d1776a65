package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutCounts;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The SQL of waves. Without state: every method works in the caller's transaction. */
public final class WaveTable {
    private static final String NONE = "";

    /** All waves of a rollout, in their order. */
    public List<WaveRow> all(Connection connection, String rollout) throws SQLException {
        return Sql.query(
                connection,
                "SELECT * FROM tenantry.rollout_wave WHERE rollout = ? ORDER BY wave",
                WaveTable::read,
                rollout);
    }

    /** Inserts the waves of a new plan. */
    public void insert(Connection connection, String rollout, List<WaveRow> waves) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        for (WaveRow wave : waves) {
            rows.add(List.of(
                    rollout,
                    wave.wave(),
                    wave.name() == null ? NONE : wave.name(),
                    wave.soak().toMillis(),
                    wave.pauseAfter(),
                    wave.members()));
        }
        Sql.updateEach(
                connection,
                "INSERT INTO tenantry.rollout_wave (rollout, wave, name, soak_millis, pause_after, members) VALUES (?,"
                        + " ?, nullif(?, ''), ?, ?, ?)",
                rows);
    }

    /** The wave begins. */
    public void started(Connection connection, String rollout, int wave) throws SQLException {
        Sql.update(
                connection,
                "UPDATE tenantry.rollout_wave SET started_at = coalesce(started_at, now()) WHERE rollout = ? AND wave ="
                        + " ?",
                rollout,
                wave);
    }

    /** Every member of the wave has its result. */
    public void completed(Connection connection, String rollout, int wave) throws SQLException {
        Sql.update(
                connection,
                "UPDATE tenantry.rollout_wave SET completed_at = now() WHERE rollout = ? AND wave = ?",
                rollout,
                wave);
    }

    /** The rollout need not pause after this wave any more. */
    public void pauseIsOver(Connection connection, String rollout, int wave) throws SQLException {
        Sql.update(
                connection,
                "UPDATE tenantry.rollout_wave SET pause_after = false WHERE rollout = ? AND wave = ?",
                rollout,
                wave);
    }

    private static WaveRow read(ResultSet row) throws SQLException {
        return new WaveRow(
                row.getInt("wave"),
                row.getString("name"),
                Duration.ofMillis(row.getLong("soak_millis")),
                row.getBoolean("pause_after"),
                row.getInt("members"),
                row.getInt("in_flight"),
                new RolloutCounts(
                        row.getInt("members"),
                        row.getInt("completed"),
                        row.getInt("up_to_date"),
                        row.getInt("failed"),
                        row.getInt("skipped")),
                row.getInt("counted"),
                row.getTimestamp("completed_at") != null);
    }
}
