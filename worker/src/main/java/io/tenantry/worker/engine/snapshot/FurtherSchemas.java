package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that a tenant's own database has beside the one of its tables, in a snapshot of the database. Each is an object
 * with the label {@code schema audit}. What it defines has labels such as {@code in schema audit: table log}; behind the colon
 * they are those of a snapshot of this schema alone.
 */
public final class FurtherSchemas {
    /** The definition of a schema whose objects are not in the snapshot. */
    public static final String CLOSED = "not read, since the worker's role lacks USAGE on it";

    static final String SQL = SqlText.of(FurtherSchemas.class, "database-schemas.sql");

    private static final String SCHEMA = "schema";
    private static final Pattern INSIDE =
            Pattern.compile("in schema (\"(?:[^\"]|\"\")*\"|[^:\"]+): (.*)", Pattern.DOTALL);

    /**
     * One of them.
     *
     * @param quoted the name as SQL has it
     * @param isOpen whether the role may read what is in it
     */
    private record Found(
            String name,
            String quoted,
            String owner,
            String privileges,
            @Nullable String comment,
            boolean isOpen) {}

    /**
     * The label of an entry in parts.
     *
     * @param schema the name as SQL has it; empty if the entry is of no further schema
     * @param label as a snapshot of the schema alone has it
     */
    public record Placed(String schema, String label) {
        /** The schema's name without quotes. */
        public String name() {
            return FurtherSchemas.name(schema);
        }
    }

    private FurtherSchemas() {}

    /** Reads all but one of the schemas of a database. */
    static SortedMap<String, Entry> read(Connection connection, String except) throws SQLException {
        List<Found> schemas = new ArrayList<>();
        NeutralQuery.ofCatalogs(connection)
                .run(
                        SQL,
                        List.of(except),
                        row -> schemas.add(new Found(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getBoolean(6))));
        SortedMap<String, Entry> entries = new TreeMap<>();
        for (Found schema : schemas) {
            String label = SCHEMA + " " + schema.quoted();
            entries.put(label, new Entry("", schema.isOpen() ? "" : CLOSED));
            entries.put("owner of " + label, new Entry(label, schema.owner()));
            entries.put("privileges on " + label, new Entry(label, schema.privileges()));
            if (schema.comment() != null) {
                entries.put("comment on " + label, new Entry(label, schema.comment()));
            }
            if (schema.isOpen()) {
                new CatalogReader(connection, schema.name())
                        .read()
                        .entries()
                        .forEach((inside, entry) -> add(entries, schema.quoted(), inside, entry));
            }
        }
        return entries;
    }

    private static void add(SortedMap<String, Entry> entries, String schema, String label, Entry entry) {
        // The schema itself has the entries above.
        if (!label.equals(SCHEMA) && !entry.partOf().equals(SCHEMA)) {
            String partOf = entry.partOf().isEmpty() ? SCHEMA + " " + schema : inside(schema, entry.partOf());
            entries.put(inside(schema, label), new Entry(partOf, entry.definition()));
        }
    }

    private static String inside(String schema, String label) {
        return "in schema " + schema + ": " + label;
    }

    /** A name as SQL has it without its quotes. */
    public static String name(String quoted) {
        return quoted.startsWith("\"")
                ? quoted.substring(1, quoted.length() - 1).replace("\"\"", "\"")
                : quoted;
    }

    /** Reads the label of an entry. */
    public static Placed placed(String label) {
        Matcher inside = INSIDE.matcher(label);
        return inside.matches() ? new Placed(inside.group(1), inside.group(2)) : new Placed("", label);
    }

    /** The entries by the further schema that they are of, as a snapshot of this schema alone has them; by "" all others. */
    public static SortedMap<String, SortedMap<String, Entry>> bySchema(CatalogSnapshot snapshot) {
        SortedMap<String, SortedMap<String, Entry>> schemas = new TreeMap<>();
        snapshot.entries().forEach((label, entry) -> {
            Placed placed = placed(label);
            Placed whole = placed(entry.partOf());
            String partOf = placed.schema().equals(whole.schema()) ? whole.label() : "";
            schemas.computeIfAbsent(placed.schema(), schema -> new TreeMap<>())
                    .put(placed.label(), new Entry(partOf, entry.definition()));
        });
        return schemas;
    }
}
