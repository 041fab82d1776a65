package io.tenantry.worker.drift;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The label of an entry of a snapshot in parts. Immutable.
 *
 * @param kind as the snapshot has it, such as {@code materialized view}
 * @param name of the object; with its table only if it is a column
 * @param table the table, view or type that it belongs to; null if it belongs to the schema
 */
record ObjectName(String kind, String name, @Nullable String table) {
    /** Kinds of more than one word. */
    private static final List<String> LONG_KINDS = List.of(
            "materialized view",
            "event trigger",
            "settings of",
            "locale of",
            "foreign data wrapper",
            "user mapping",
            "foreign table",
            "composite type",
            "range type",
            "multirange type",
            "shell type",
            "base type",
            "operator class",
            "operator family",
            "text search configuration",
            "text search dictionary",
            "text search parser",
            "text search template",
            "default privileges",
            "publication namespace",
            "published table",
            "not-null constraint");

    /** What a home is: nothing belongs to it as to a table. */
    private static final Set<String> HOMES = Set.of("schema", "database");

    /** A schema has them, and is no part of their names. */
    private static final Set<String> WITHOUT_SCHEMA = Set.of("cast", "extension", "transform");

    /** Their identities begin with the table's name. */
    private static final Set<String> NAMED_WITH_TABLE = Set.of("constraint", "rule", "trigger", "policy");

    /**
     * Reads a label.
     *
     * @param partOf the label of the object that it belongs to; empty if it belongs to the schema
     */
    static ObjectName of(String label, String partOf) {
        String kind = kind(label);
        String identity = label.substring(kind.length()).strip();
        @Nullable String table = partOf.isEmpty() || HOMES.contains(partOf) ? null : name(partOf);
        String start = table + ".";
        boolean isShortened = NAMED_WITH_TABLE.contains(kind) && identity.startsWith(start);
        return new ObjectName(kind, isShortened ? identity.substring(start.length()) : identity, table);
    }

    /**
     * The name where its schema is not in the search path.
     *
     * @param schema the name of a further schema, as SQL has it; empty for the home's own
     */
    ObjectName in(String schema) {
        return schema.isEmpty()
                ? this
                : new ObjectName(
                        kind,
                        NAMED_WITH_TABLE.contains(kind) ? name : in(schema, kind, name),
                        table == null ? null : schema + "." + table);
    }

    /** The same of a label. */
    static String label(String label, String schema) {
        String kind = kind(label);
        return schema.isEmpty() ? label : kind + " " + in(schema, kind, name(label));
    }

    private static String in(String schema, String kind, String name) {
        if (kind.equals("default privileges")) {
            return "in schema " + schema + " " + name;
        }
        if (kind.equals("publication namespace")) {
            return schema + name.substring("schema".length());
        }
        return WITHOUT_SCHEMA.contains(kind) ? name + " in schema " + schema : schema + "." + name;
    }

    /** Whether it has columns that can be selected. */
    boolean isTable() {
        return (kind.endsWith("table") && table == null) || kind.endsWith("view");
    }

    /** The name in a label, without its kind. */
    static String name(String label) {
        return label.substring(kind(label).length()).strip();
    }

    /** The first words of a label. */
    static String kind(String label) {
        Optional<String> known =
                LONG_KINDS.stream().filter(kind -> label.startsWith(kind + " ")).findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        int end = label.indexOf(' ');
        return end < 0 ? label : label.substring(0, end);
    }
}
