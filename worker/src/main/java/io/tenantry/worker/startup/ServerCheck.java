package io.tenantry.worker.startup;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks whether a server can be used, and whether it allows as many connections as the configuration says. */
final class ServerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);
    /** The first release with client_connection_check_interval, which ends the sessions of dead workers. */
    private static final int OLDEST_POSTGRESQL = 14;

    private static final String QUERY = "SELECT has_database_privilege(current_database(), 'CREATE') AS may_create,"
            + " rolname, rolsuper, rolcreatedb, rolconnlimit, datname, datconnlimit, current_setting('max_connections')::int"
            + " - current_setting('superuser_reserved_connections')::int"
            + " - coalesce(current_setting('reserved_connections', true)::int, 0) AS server_limit"
            + " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()";

    private final Server server;
    private final Set<Isolation> isolations;

    /** @param isolations of the databases that make new homes on this server; empty if none does any more */
    ServerCheck(Server server, Set<Isolation> isolations) {
        this.server = server;
        this.isolations = Set.copyOf(isolations);
    }

    /** Adds the faults that prevent its use, and logs what may cause trouble later. */
    void run(Connection connection, List<String> faults) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        if (major < OLDEST_POSTGRESQL) {
            faults.add("server " + server.name() + ": PostgreSQL " + major + " is too old; use " + OLDEST_POSTGRESQL
                    + " or newer");
        }
        Sql.forEach(connection, QUERY, row -> {
            checkPrivileges(row, faults);
            warn(row);
        });
    }

    private void checkPrivileges(ResultSet row, List<String> faults) throws SQLException {
        boolean schemas = isolations.contains(Isolation.SCHEMA) || isolations.contains(Isolation.SHARED);
        boolean databases = isolations.contains(Isolation.DATABASE);
        String role = Identifiers.quote(row.getString("rolname"));
        if (schemas && !row.getBoolean("may_create")) {
            faults.add("server " + server.name() + ": the user may not create schemas; GRANT CREATE ON DATABASE "
                    + Identifiers.quote(row.getString("datname")) + " TO " + role);
        }
        if (databases && !row.getBoolean("rolcreatedb") && !row.getBoolean("rolsuper")) {
            faults.add("server " + server.name() + ": the user may not create databases, which the isolation database"
                    + " needs; ALTER ROLE " + role + " CREATEDB");
        }
    }

    private void warn(ResultSet row) throws SQLException {
        int cap = server.bulkhead().cap();
        warn("the server, with max_connections less what is reserved,", row.getInt("server_limit"), cap);
        if (row.getBoolean("rolsuper")) {
            LOG.info(
                    "server {}: {} is a superuser, to which CONNECTION LIMIT does not apply; use a role of its own, with a limit",
                    server.name(),
                    row.getString("rolname"));
            return;
        }
        warn("the database " + row.getString("datname") + ", with CONNECTION LIMIT,", row.getInt("datconnlimit"), cap);
        int role = row.getInt("rolconnlimit");
        warn("the role " + row.getString("rolname") + ", with CONNECTION LIMIT,", role, cap);
        if (role < 0) {
            LOG.info(
                    "server {}: PostgreSQL itself can hold the cap: ALTER ROLE {} CONNECTION LIMIT {} (one more than the cap,"
                            + " to end sessions of dead workers; and more if the role is used for anything else)",
                    server.name(),
                    Identifiers.quote(row.getString("rolname")),
                    cap + 1);
        }
    }

    private void warn(String what, int limit, int cap) {
        if (limit >= 0 && limit <= cap) {
            LOG.warn(
                    "server {}: {} allows {} connections, fewer than servers.{}.max-connections = {} and one to end"
                            + " sessions of dead workers: work will be refused there and wait; raise the one or lower the other",
                    server.name(),
                    what,
                    limit,
                    server.name(),
                    cap);
        }
    }
}
