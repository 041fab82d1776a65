package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the catalogs, the counters and the locks of one transaction say of the relations of a home at one moment. Relations
 * are known by their numbers (oid), which outlive a new name and a rewrite. Immutable.
 *
 * @param columns by relation and number
 * @param indexes by number
 * @param parents of partitions, and of their indexes: the number of the child, then of the parent
 * @param domains by number
 * @param locks the strongest lock of this transaction on each relation; none below SHARE
 * @param casts from a type to those that its values are stored like
 * @param settings of the session
 */
public record Measurement(
        Map<Long, Relation> relations,
        Map<ColumnKey, Column> columns,
        Map<Long, Constraint> constraints,
        Map<Long, Index> indexes,
        Map<Long, Long> parents,
        Map<Long, Domain> domains,
        Map<Long, Lock> locks,
        Map<Long, Set<Long>> casts,
        Settings settings) {
    private static final String QUERY = SqlText.of(Measurement.class, "measurement.sql");

    /**
     * A table, index, view, sequence or composite type.
     *
     * @param kind as in pg_class: r table, p partitioned table, i index, m materialized view, ...
     * @param filenode changes when the relation is rewritten; 0 without storage
     * @param tablespace its number; 0 for that of the database
     * @param storage its persistence and access method
     * @param bytes of its main file; 0 for what is no table
     * @param scans how often it was scanned from its beginning, counted within the transaction; of an index how often it was
     *     asked, without questions to a unique one that find one row
     * @param inserted how many rows were inserted, counted within the transaction
     * @param changes how many rows were updated or deleted, counted within the transaction
     * @param hidesRows whether row security shows no row to others than its owner, because no policy permits one
     * @param populated whether a materialized view can be read; true for others
     */
    record Relation(
            String name,
            String kind,
            long filenode,
            String tablespace,
            String storage,
            long bytes,
            long scans,
            long inserted,
            long changes,
            boolean hidesRows,
            boolean populated) {
        boolean isTable() {
            return kind.equals("r") || kind.equals("p");
        }

        boolean isCompositeType() {
            return kind.equals("c");
        }

        boolean isView() {
            return kind.equals("v") || kind.equals("m");
        }

        boolean isForeignTable() {
            return kind.equals("f");
        }

        /** For people. */
        String word() {
            return switch (kind) {
                case "v" -> "view";
                case "m" -> "materialized view";
                case "f" -> "foreign table";
                case "c" -> "type";
                default -> "table";
            };
        }
    }

    /**
     * A domain.
     *
     * @param base the number of the type that it restricts
     * @param valid the numbers of its checks that hold for all rows
     */
    record Domain(String name, long base, boolean notNull, Set<String> valid) {}

    /**
     * An index.
     *
     * @param shape the places of its columns and what else tells it from others; expressions are not told apart
     * @param columns the numbers of all columns in it, also in expressions and the predicate
     */
    record Index(long table, String shape, Set<Integer> columns) {
        /** Whether it has neither expressions nor a predicate, and so may be kept when a type changes. */
        boolean isPlain() {
            return shape.endsWith(" t") && !columns.contains(0);
        }
    }

    /**
     * What changes how a statement works.
     *
     * @param countsScans whether the server counts scans (track_counts)
     * @param isUtc whether the time zone is UTC: then timestamp and timestamptz are stored alike
     */
    record Settings(boolean countsScans, boolean isUtc) {}

    record ColumnKey(long relation, int number) {}

    /**
     * A constraint of a table.
     *
     * @param type as in pg_constraint: c check, f foreign key, p primary key, u unique, x exclusion, n not null, t trigger
     * @param index the number of its index; 0 without one
     * @param parent the number of the constraint of the partitioned table that it belongs to, or 1 if it is inherited; else 0
     * @param columns the numbers of its columns
     * @param testsNull whether it is a check that asks whether something IS NULL or IS NOT NULL
     * @param referencedTable the number of the table that a foreign key refers to; 0 for others
     * @param referenced its name; null for others
     */
    record Constraint(
            long relation,
            String name,
            String type,
            boolean valid,
            long index,
            long parent,
            Set<Integer> columns,
            boolean testsNull,
            long referencedTable,
            @Nullable String referenced) {
        boolean hasOwnIndex() {
            return type.equals("p") || type.equals("u") || type.equals("x");
        }
    }

    /**
     * Measures within the current transaction, in one round trip. Changes nothing.
     *
     * @param hasOwnDatabase whether all other schemas of the database belong to the home too: their names go before the names in
     *     them
     */
    public static Measurement of(Connection connection, String schema, boolean hasOwnDatabase) throws SQLException {
        MeasurementReader reader = new MeasurementReader();
        Sql.forEach(connection, QUERY, reader::read, schema, schema, hasOwnDatabase);
        return reader.measurement();
    }

    /** The tables and columns that exist; those that a later measurement adds are not among them. */
    public Known known() {
        Set<ColumnKey> existing = new HashSet<>();
        columns.forEach((key, column) -> {
            if (!column.dropped()) {
                existing.add(key);
            }
        });
        Map<String, Set<String>> names = new HashMap<>();
        relations.values().forEach(relation -> names.computeIfAbsent(relation.name(), name -> new HashSet<>()));
        existing.forEach(key -> Optional.ofNullable(relations.get(key.relation()))
                .map(relation -> names.get(relation.name()))
                .ifPresent(of -> of.add(Objects.requireNonNull(columns.get(key)).name())));
        return new Known(Set.copyOf(relations.keySet()), Set.copyOf(existing), Map.copyOf(names));
    }

    /** Whether there is a table or view of this name with a column of this name. */
    boolean hasColumn(String relation, String column) {
        return column(relation, column).isPresent();
    }

    /** The column of this name, of the table or view of this name. */
    Optional<Column> column(String relation, String column) {
        return columns.entrySet().stream()
                .filter(one -> isNamed(one.getKey().relation(), relation))
                .map(Map.Entry::getValue)
                .filter(one -> !one.dropped() && one.name().equals(column))
                .findFirst();
    }

    /** Whether there is a table, foreign table or view of this name. */
    boolean hasReadable(String name) {
        return relations.values().stream()
                .anyMatch(one -> (one.isTable() || one.isForeignTable() || one.isView())
                        && one.name().equals(name));
    }

    /** Whether there is a view or foreign table of this name. */
    boolean hasView(String name) {
        return relations.values().stream()
                .anyMatch(one ->
                        (one.isView() || one.isForeignTable()) && one.name().equals(name));
    }

    private boolean isNamed(long number, String name) {
        Relation found = relations.get(number);
        return found != null && found.name().equals(name);
    }

    /** Whether the transaction holds a lock that keeps writers out of one of these tables, but for the one of this name. */
    public boolean keepsWritersOut(Known tables, String except) {
        return relations.entrySet().stream()
                .filter(one ->
                        one.getValue().isTable() && !one.getValue().name().equals(except))
                .map(Map.Entry::getKey)
                .anyMatch(number -> tables.has(number) && locks.containsKey(number));
    }

    /** What a statement may change of a table under a lock that keeps writers out; equal if nothing has. */
    Set<Object> structure(long table) {
        Set<Object> all = new HashSet<>();
        all.add(Optional.ofNullable(relations.get(table)).map(one -> one.name() + "\n" + one.filenode()));
        columns.entrySet().stream()
                .filter(one -> one.getKey().relation() == table)
                .forEach(all::add);
        // VALIDATE CONSTRAINT keeps nobody out.
        constraints.forEach((number, constraint) -> {
            if (constraint.relation() == table) {
                all.add(number + "\n" + constraint.name());
            }
        });
        indexes.entrySet().stream()
                .filter(one -> one.getValue().table() == table)
                .forEach(all::add);
        return all;
    }

    /** Whether tables and other relations, their columns, constraints and indexes are the same. */
    boolean hasSameObjects(Measurement other) {
        return names().equals(other.names())
                && columns.equals(other.columns)
                && constraints.equals(other.constraints)
                && indexes.equals(other.indexes);
    }

    private Map<Long, String> names() {
        Map<Long, String> names = new HashMap<>();
        relations.forEach((number, relation) -> names.put(number, relation.kind() + relation.name()));
        return names;
    }

    /** Whether the server counts scans (track_counts). */
    public boolean countsScans() {
        return settings.countsScans();
    }

    Lock lock(long relation) {
        return locks.getOrDefault(relation, Lock.NONE);
    }

    /** Whether the index is that of a constraint. */
    boolean isOfConstraint(long index) {
        return constraints.values().stream().anyMatch(one -> one.hasOwnIndex() && one.index() == index);
    }
}
