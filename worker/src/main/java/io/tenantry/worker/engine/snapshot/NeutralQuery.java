package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Queries whose results do not depend on the session's settings, and that change no settings. Each query runs in its own
 * transaction, or in a savepoint of the caller's transaction: one round trip, and one for the commit. The caller has a
 * transaction if {@link Connection#getAutoCommit()} is false.
 */
final class NeutralQuery {
    /** The settings on which the text of a value, or of an expression, depends. */
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "DateStyle", "ISO, YMD",
            "IntervalStyle", "postgres",
            "TimeZone", "UTC",
            "bytea_output", "hex",
            "extra_float_digits", "1",
            "lc_monetary", "C",
            "quote_all_identifiers", "off",
            "standard_conforming_strings", "on",
            // Where policies hide rows from the role, the query fails instead of returning some of the rows.
            "row_security", "off"));

    private static final String SAVEPOINT = "tenantry_neutral_query";

    /** Reads one row of the result. */
    interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final String searchPath;

    private NeutralQuery(Connection connection, String searchPath) {
        this.connection = connection;
        this.searchPath = searchPath;
    }

    /** For queries of the catalogs: only the server's own tables, functions and operators are found. */
    static NeutralQuery ofCatalogs(Connection connection) {
        return new NeutralQuery(connection, "pg_catalog, pg_temp");
    }

    /** For queries of data: values such as regclass print the schema's own objects without the schema's name. */
    static NeutralQuery inSchema(Connection connection, String schema) {
        return new NeutralQuery(connection, Identifiers.quote(schema) + ", pg_catalog, pg_temp");
    }

    /** Runs one query. */
    void run(String sql, List<String> parameters, RowReader reader) throws SQLException {
        send(settings() + ";\n" + sql, parameters, reader);
    }

    /**
     * Runs a query whose plan the session keeps. PREPARE is used because from PostgreSQL 18 on the driver forgets its own
     * prepared statements whenever the search path changes, and this class changes it.
     */
    void run(KeptQuery query, String parameter, RowReader reader) throws SQLException {
        // A script may have removed it.
        boolean isKept = Sql.first(connection, query.find(), row -> true).isPresent();
        String prepare = isKept ? "" : query.prepare() + ";\n";
        String settings = settings() + ", " + set("plan_cache_mode", "force_generic_plan");
        send(settings + ";\n" + prepare + query.execute(parameter), List.of(), reader);
    }

    private void send(String query, List<String> parameters, RowReader reader) throws SQLException {
        // The server analyzes each statement of such a text after it has executed the one before.
        if (connection.getAutoCommit()) {
            Transaction.run(connection, () -> execute(query, parameters, reader));
        } else {
            String back = ";\nROLLBACK TO SAVEPOINT " + SAVEPOINT + ";\nRELEASE SAVEPOINT " + SAVEPOINT;
            execute("SAVEPOINT " + SAVEPOINT + ";\n" + query + back, parameters, reader);
        }
    }

    /** Reads the rows of the second result; the first result belongs to the settings. */
    private int execute(String text, List<String> parameters, RowReader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            // A cursor would end with the savepoint.
            statement.setFetchSize(0);
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            int results = 0;
            boolean rows = statement.execute();
            while (rows || statement.getUpdateCount() != -1) {
                if (rows && ++results == 2) {
                    readAll(statement, reader);
                }
                rows = statement.getMoreResults();
            }
            return results;
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
