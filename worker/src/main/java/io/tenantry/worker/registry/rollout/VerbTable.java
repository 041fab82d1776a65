package io.tenantry.worker.registry.rollout;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;

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
}
