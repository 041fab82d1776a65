package io.tenantry.worker.bench;

import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The limit: the same SQL in one transaction a tenant, and one round trip; no history, no lock, nothing is checked, no
 * no-op.
 */
final class PlainJdbc implements Contestant {
    private final List<Connection> connections = new ArrayList<>();
    private final String tables = String.join("\n", Scripts.texts("release1"));
    private final String upgrade = String.join("\n", Scripts.texts("release2"));

    /** Makes the database. */
    PlainJdbc(PostgresServer server, String database, int connections) throws SQLException {
        server.createDatabase(database);
        connect(server, database, connections);
    }

    private PlainJdbc() {}

    /** In a database that exists. */
    static PlainJdbc in(PostgresServer server, String database, int connections) throws SQLException {
        PlainJdbc jdbc = new PlainJdbc();
        jdbc.connect(server, database, connections);
        return jdbc;
    }

    private void connect(PostgresServer server, String database, int connections) throws SQLException {
        for (int i = 0; i < connections; i++) {
            this.connections.add(server.connect(database));
        }
    }

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public void deploy() {
        // It is told what to run each time.
    }

    @Override
    public boolean does(Workload workload) {
        return workload != Workload.NOOP;
    }

    @Override
    public Duration run(Workload workload, List<String> tenants) {
        return Threads.run(connections.size(), tenants, (thread, tenant) -> {
            String schema = "\"tenant_" + tenant + "\"";
            String create = workload == Workload.ONBOARD ? "CREATE SCHEMA " + schema + "; " : "";
            String script = workload == Workload.ONBOARD ? tables : upgrade;
            try (Statement statement = connections.get(thread).createStatement()) {
                statement.execute(
                        "BEGIN; " + create + "SET LOCAL search_path TO " + schema + ";\n" + script + "; COMMIT");
            }
        });
    }

    @Override
    public void close() {
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException gone) {
                // So is the reason to close it.
            }
        }
    }
}
