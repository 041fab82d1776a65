package io.tenantry.worker.engine.template;

import io.tenantry.worker.engine.snapshot.DataSnapshot;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rows that migrations insert into a database, in all its schemas.
 *
 * @param bySchema the rows of each schema
 * @param times the columns, with their schema, whose type is a date or time
 */
record SeedRows(Map<String, DataSnapshot> bySchema, Set<String> times) {
    private static final String SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <>"
            + " 'information_schema' ORDER BY nspname";
    private static final String TIMES = "SELECT n.nspname || '.' || c.relname || '.' || a.attname FROM pg_attribute a"
            + " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON"
            + " t.oid = a.atttypid WHERE t.typcategory = 'D' AND n.nspname !~ '^pg_'";

    SeedRows {
        bySchema = Map.copyOf(bySchema);
        times = Set.copyOf(times);
    }

    static SeedRows of(Connection connection) throws SQLException {
        Map<String, DataSnapshot> bySchema = new TreeMap<>();
        for (String schema : Sql.query(connection, SCHEMAS, row -> row.getString(1))) {
            bySchema.put(schema, DataSnapshot.of(connection, schema));
        }
        return new SeedRows(bySchema, new HashSet<>(Sql.query(connection, TIMES, row -> row.getString(1))));
    }

    boolean isEmpty() {
        return bySchema.values().stream()
                .flatMap(schema -> schema.tables().values().stream())
                .allMatch(table -> table.rows() == 0);
    }

    /**
     * The columns, with their schema, in which another run of the same migrations left other values: random values.
     * Times do not count, because all tenants may have the same.
     */
    SortedSet<String> differing(SeedRows other) {
        SortedSet<String> differing = new TreeSet<>();
        bySchema.forEach((schema, rows) -> {
            DataSnapshot others = other.bySchema.get(schema);
            if (others != null) {
                rows.differences(others).columns().forEach(column -> differing.add(schema + "." + column));
            }
        });
        differing.removeAll(times);
        return differing;
    }
}
