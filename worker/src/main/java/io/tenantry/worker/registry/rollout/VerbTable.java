package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The SQL of the answered {@code rollout.requested}. Without state: every method works in the caller's transaction. */
public final class VerbTable {
    /**
     * Remembers a verb. Another transaction that has it at the same time is waited for.
     *
     * @return false if it was answered before: then nothing is to be done
     */
    public boolean remember(Connection connection, String source, String id) throws SQLException {
        return Sql.update(
                        connection,
                        "INSERT INTO tenantry.rollout_verb (source, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        source,
                        id)
                == 1;
    }

    /** The verb starts a rollout that is there already and is not planned: it gets its answer when the rollout is planned. */
    public void awaitPlan(Connection connection, RolloutRequestRef start, String rollout) throws SQLException {
        Sql.update(
                connection,
                "UPDATE tenantry.rollout_verb SET plan_of = ? WHERE source = ? AND id = ?",
                rollout,
                start.source(),
                start.id());
    }

    /** The verbs of {@link #awaitPlan}, the oldest first; the caller answers them, and they wait no longer. */
    public List<RolloutRequestRef> takeAwaitingPlan(Connection connection, String rollout) throws SQLException {
        return Sql.query(
                connection,
                "WITH taken AS (UPDATE tenantry.rollout_verb SET plan_of = NULL WHERE plan_of = ? RETURNING answered_at,"
                        + " source, id) SELECT id, source FROM taken ORDER BY answered_at, source, id",
                row -> new RolloutRequestRef(row.getString(1), row.getString(2)),
                rollout);
    }
}
