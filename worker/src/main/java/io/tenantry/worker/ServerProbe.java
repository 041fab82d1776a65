package io.tenantry.worker;

import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.telemetry.OutageProbe;
import java.sql.SQLException;

/**
 * Asks a server of tenants, in a new session, whether it takes writes. Without a free connection of this worker's share
 * it is not asked: either work uses it, or the worker has no share, and is not ready for that reason.
 */
record ServerProbe(Server server) implements OutageProbe {
    @Override
    public Answer ask() throws SQLException {
        ConnectionBulkhead.Permit permit = server.bulkhead().ask(ConnectionBulkhead.Use.PROBE);
        try {
            return permit.isHeld()
                    ? server.whyReadOnly().<Answer>map(Answer.Away::new).orElseGet(Answer.Back::new)
                    : new Answer.Unasked();
        } finally {
            permit.end();
        }
    }
}
