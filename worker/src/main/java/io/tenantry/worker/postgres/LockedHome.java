package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A tenant's home while this worker alone works on it: its {@link HomeSession} holds the lock. For use by one thread. */
public final class LockedHome {
    private final TenantHome home;
    private final Connection connection;

    LockedHome(TenantHome home, Connection connection) {
        this.home = home;
        this.connection = connection;
    }

    /** Whose home, and where. */
    public TenantHome home() {
        return home;
    }

    /** The connection that holds the lock. Do not close it; what is set on it is reset with the session. */
    public Connection connection() {
        return connection;
    }

    /** Looks at the schema and at the mark on it. */
    public HomeState inspect() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = ?")) {
            query.setString(1, home.location());
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return new HomeState.Missing();
                }
                @Nullable String comment = row.getString(1);
                return home.mark().equals(comment) ? new HomeState.Marked() : new HomeState.Foreign(comment);
            }
        }
    }

    /** Creates the schema and marks it as this tenant's, both or neither. */
    public void create() throws SQLException {
        String schema = Identifiers.quote(home.location());
        Transaction.run(connection, () -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("CREATE SCHEMA " + schema + "; COMMENT ON SCHEMA " + schema + " IS "
                        + Identifiers.literal(home.mark()));
            }
        });
    }
}
