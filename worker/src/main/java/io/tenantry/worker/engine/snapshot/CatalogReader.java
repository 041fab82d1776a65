package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import io.tenantry.worker.postgres.Sha256;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads a {@link CatalogSnapshot}. For one use, by one thread. */
final class CatalogReader {
    private static final KeptQuery OBJECTS = query("objects");
    private static final KeptQuery RARE_OBJECTS = query("rare-objects");
    /** The kind of a row that says that the schema may have rare objects. */
    private static final String MAY_HAVE_RARE_OBJECTS = "";
    /** PostgreSQL keeps the text of their definitions as it was written. */
    private static final Set<String> WITH_RAW_TEXT = Set.of("function", "procedure");

    /** The first column that describes one aspect of the object; its label begins the label of the entry. */
    private static final int FIRST_ASPECT = 5;

    private static final String MISSING_SCHEMA = "3F000";

    /** Change it when this class makes other entries of the same rows. */
    private static final String FORMAT = "1";

    /** Of a database, beside its schemas. */
    static final String DATABASE_OBJECTS = SqlText.of(CatalogReader.class, "database-objects.sql");

    private static final int FORMAT_BYTES = 8;

    private final Connection connection;
    private final String schema;
    private final SchemaNameMask mask;
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private final List<String> repeated = new ArrayList<>();
    private boolean mayHaveRareObjects;

    CatalogReader(Connection connection, String schema) {
        this.connection = connection;
        this.schema = schema;
        this.mask = new SchemaNameMask(schema);
    }

    private static KeptQuery query(String objects) {
        String frame = SqlText.of(CatalogReader.class, "catalog-snapshot.sql");
        String parts = SqlText.of(CatalogReader.class, "catalog-" + objects + ".sql");
        return new KeptQuery(CatalogSnapshot.PREPARED + objects.replace('-', '_'), frame.replace("${objects}", parts));
    }

    static String format() {
        return new Sha256()
                .add(FORMAT)
                .add(OBJECTS.sql())
                .add(RARE_OBJECTS.sql())
                .add(DATABASE_OBJECTS)
                .add(FurtherSchemas.SQL)
                .hex(FORMAT_BYTES);
    }

    CatalogSnapshot read() throws SQLException {
        NeutralQuery query = NeutralQuery.ofCatalogs(connection);
        query.run(OBJECTS, schema, this::add);
        if (mayHaveRareObjects) {
            query.run(RARE_OBJECTS, schema, this::add);
        }
        if (entries.isEmpty()) {
            throw new SQLException(
                    "schema " + schema + " does not exist, or this role lacks USAGE on it; there is nothing to compare",
                    MISSING_SCHEMA);
        }
        if (!repeated.isEmpty()) {
            throw new IllegalStateException("several objects of schema " + schema + " have one label: " + repeated);
        }
        return new CatalogSnapshot(entries);
    }

    private void add(ResultSet row) throws SQLException {
        String kind = row.getString(1);
        if (kind.equals(MAY_HAVE_RARE_OBJECTS)) {
            mayHaveRareObjects = true;
            return;
        }
        String object = (kind + " " + row.getString(2)).strip();
        String definition = row.getString(4);
        if (definition != null) {
            put(object, row.getString(3), WITH_RAW_TEXT.contains(kind) ? mask.hide(definition) : definition);
        }
        ResultSetMetaData columns = row.getMetaData();
        for (int i = FIRST_ASPECT; i <= columns.getColumnCount(); i++) {
            String aspect = row.getString(i);
            if (aspect != null) {
                put(columns.getColumnLabel(i) + " " + object, object, aspect);
            }
        }
    }

    private void put(String label, String partOf, String definition) {
        if (entries.put(label, new Entry(partOf, definition)) != null) {
            repeated.add(label);
        }
    }
}
