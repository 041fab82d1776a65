package io.tenantry.worker.bench;

import io.tenantry.worker.limits.CheckedServer;
import io.tenantry.worker.limits.LimitChecks;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a database with thousands of schemas costs its sessions and its VACUUM. */
final class CatalogCost {
    private static final int SESSIONS = 21;
    private static final List<String> TABLES = List.of("accounts", "members", "projects", "tasks", "comments");

    private static final String CATALOG_BYTES =
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace ="
                    + " 'pg_catalog'::regnamespace AND relkind = 'r'";

    private final PostgresServer postgres;
    private final String database;

    CatalogCost(PostgresServer postgres, String database) {
        this.postgres = postgres;
        this.database = database;
    }

    /**
     * Lines of the benchmark.
     *
     * @param schemas how many there are
     * @param some of them
     */
    List<String> lines(int schemas, List<String> some) throws SQLException {
        try (Connection connection = postgres.connect(database)) {
            long bytes = Sql.one(connection, CATALOG_BYTES, row -> row.getLong(1));
            double limits = seconds(
                    () -> LimitChecks.of(connection, new CheckedServer("main", 8, List.of()), Duration.ofMinutes(5)));
            double vacuum = seconds(() -> Sql.execute(connection, "VACUUM pg_catalog.pg_attribute"));
            return List.of(
                    String.format(Locale.ROOT, "catalog_bytes_%d %d", schemas, bytes),
                    String.format(Locale.ROOT, "first_query_ms_%d %.2f", schemas, firstQueryMillis(some)),
                    String.format(Locale.ROOT, "vacuum_attribute_seconds_%d %.2f", schemas, vacuum),
                    String.format(Locale.ROOT, "limits_seconds_%d %.2f", schemas, limits));
        }
    }

    /** The median of new sessions, each of which asks five tables of another tenant. */
    private double firstQueryMillis(List<String> schemas) throws SQLException {
        List<Double> millis = new ArrayList<>();
        for (int session = 0; session < SESSIONS; session++) {
            String schema = schemas.get(session * (schemas.size() - 1) / SESSIONS);
            String query = TABLES.stream()
                    .map(table -> "(SELECT count(*) FROM " + schema + "." + table + ")")
                    .collect(Collectors.joining(", ", "SELECT ", ""));
            try (Connection connection = postgres.connect(database)) {
                millis.add(1000 * seconds(() -> Sql.one(connection, query, row -> row.getLong(1))));
            }
        }
        Collections.sort(millis);
        return millis.get(SESSIONS / 2);
    }

    private interface Work {
        void run() throws SQLException;
    }

    private static double seconds(Work work) throws SQLException {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }
}
