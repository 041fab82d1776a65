package io.tenantry.worker.limits;

import java.sql.Connection;
import java.sql.SQLException;

/** Looks at one limit of a server, with one query of catalogs. */
interface LimitCheck {
    /** The stable name, as in {@code status --checks --json}. */
    String name();

    /** Reads the catalogs of the connection's database; no table of a tenant is touched or locked. */
    LimitFinding look(Connection connection, CheckedServer server) throws SQLException;
}
