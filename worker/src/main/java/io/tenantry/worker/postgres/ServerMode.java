package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Asks the server whether its sessions can write. */
public final class ServerMode {
    /** The setting with which the session began, not one that a script has set. */
    private static final String QUERY =
            "SELECT pg_catalog.pg_is_in_recovery(), (SELECT reset_val FROM pg_catalog.pg_settings"
                    + " WHERE name = 'default_transaction_read_only')";

    private ServerMode() {}

    /**
     * Why this session could not write when it began.
     *
     * @param connection in no transaction that has failed
     * @return empty if it could
     */
    public static Optional<String> whyReadOnly(Connection connection) throws SQLException {
        return Sql.one(connection, QUERY, ServerMode::why);
    }

    private static Optional<String> why(ResultSet row) throws SQLException {
        if (row.getBoolean(1)) {
            return Optional.of("it answers, and is in recovery: a standby takes no writes");
        }
        return row.getBoolean(2)
                ? Optional.of("it answers, and takes no writes: default_transaction_read_only is on")
                : Optional.empty();
    }
}
