package io.tenantry.worker.engine;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Queries whose answers do not depend on the settings of the session, and that leave no settings behind: they end with
 * the transaction that the query is, or with a savepoint inside the caller's. It is one round trip either way.
 *
 * <p>Whether there is a transaction is what {@link Connection#getAutoCommit()} says.
 */
final class NeutralQuery {
    /** What the text of a value, or of an expression, depends on. */
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "DateStyle", "ISO, YMD",
            "IntervalStyle", "postgres",
            "TimeZone", "UTC",
            "bytea_output", "hex",
            "extra_float_digits", "1",
            "lc_monetary", "C",
            "quote_all_identifiers", "off",
            "standard_conforming_strings", "on",
            // A role that policies apply to gets an error, instead of some of the rows.
            "row_security", "off"));

    private static final String SAVEPOINT = "tenantry_neutral_query";

    /** Takes one row of the answer. */
    interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final String searchPath;

    private NeutralQuery(Connection connection, String searchPath) {
        this.connection = connection;
        this.searchPath = searchPath;
    }

    /** For queries of the catalogs: nobody's tables, functions or operators can stand in front of the server's own. */
    static NeutralQuery ofCatalogs(Connection connection) {
        return new NeutralQuery(connection, "pg_catalog, pg_temp");
    }

    /** For queries of data: values such as regclass print the schema's own objects without its name. */
    static NeutralQuery inSchema(Connection connection, String schema) {
        return new NeutralQuery(connection, Identifiers.quote(schema) + ", pg_catalog, pg_temp");
    }

    /** Runs one query with its parameters, if it has any. */
    void run(String sql, List<String> parameters, RowReader reader) throws SQLException {
        // The parts of such a text go to the server together, and it looks at each when it has executed those before.
        String text = connection.getAutoCommit()
                ? settings() + ";\n" + sql
                : "SAVEPOINT " + SAVEPOINT + ";\n" + settings() + ";\n" + sql + ";\nROLLBACK TO SAVEPOINT " + SAVEPOINT
                        + ";\nRELEASE SAVEPOINT " + SAVEPOINT;
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            // A cursor would not outlive the savepoint.
            statement.setFetchSize(0);
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            boolean rows = statement.execute();
            for (int answers = 0; rows || statement.getUpdateCount() != -1; rows = statement.getMoreResults()) {
                if (rows && answers++ == 1) {
                    readAll(statement, reader);
                }
            }
        }
    }

    private String settings() {
        return SETTINGS.entrySet().stream()
                .map(setting -> set(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", ", "SELECT " + set("search_path", searchPath) + ", ", ""));
    }

    private static String set(String name, String value) {
        return "pg_catalog.set_config('" + name + "', " + Identifiers.literal(value) + ", true)";
    }

    private static void readAll(PreparedStatement statement, RowReader reader) throws SQLException {
        try (ResultSet row = statement.getResultSet()) {
            while (row.next()) {
                reader.read(row);
            }
        }
    }
}
