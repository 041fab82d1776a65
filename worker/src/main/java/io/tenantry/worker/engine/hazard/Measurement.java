package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
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
 * @param parents of partitions, and of their indexes: the number of the child, then of the parent
 * @param domains by number
 * @param locks the strongest lock of this transaction on each relation; none below SHARE
 * @param countsScans whether the server counts scans (track_counts)
 */
public record Measurement(
        Map<Long, Relation> relations,
        Map<ColumnKey, Column> columns,
        Map<Long, Constraint> constraints,
        Map<Long, Long> indexes,
        Map<Long, Long> parents,
        Map<Long, Domain> domains,
        Map<Long, Lock> locks,
        boolean countsScans) {
    private static final String QUERY = SqlText.of(Measurement.class, "measurement.sql");

    /**
     * A table, index, view, sequence or composite type.
     *
     * @param kind as in pg_class: r table, p partitioned table, i index, m materialized view, ...
     * @param filenode changes when the relation is rewritten; 0 without storage
     * @param tablespace its number; 0 for that of the database
     * @param bytes of its main file; 0 for what is no table
     * @param scans how often it was scanned from its beginning, counted within the transaction; of an index how often it was
     *     asked, without questions to a unique one that find one row
     * @param changes how many rows were updated or deleted, counted within the transaction
     * @param hidesRows whether row security shows no row to others than its owner, because no policy permits one
     * @param populated whether a materialized view can be read; true for others
     */
    record Relation(
            String name,
            String kind,
            long filenode,
            String tablespace,
            long bytes,
            long scans,
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
     * @param valid the numbers of its checks that hold for all rows
     */
    record Domain(String name, boolean notNull, Set<String> valid) {}

    record ColumnKey(long relation, int number) {}

    /**
     * A column of a table or view, or an attribute of a composite type.
     *
     * @param typeKey changes with type, length or collation, and not if the type gets another name
     * @param hasValue whether a default, an identity or a domain may give it a value
     * @param refusesValues whether an INSERT must not give it a value (GENERATED ALWAYS AS IDENTITY)
     */
    record Column(
            String name,
            String type,
            String typeKey,
            boolean notNull,
            boolean dropped,
            boolean hasValue,
            boolean refusesValues) {
        /** Whether values of both look alike to programs: all texts do. */
        boolean looksLike(Column other) {
            return number().equals(other.number()) || (isText() && other.isText());
        }

        private String number() {
            return typeKey.split(" ", 2)[0];
        }

        private boolean isText() {
            return type.equals("text") || type.startsWith("character");
        }
    }

    /**
     * A constraint of a table.
     *
     * @param type as in pg_constraint: c check, f foreign key, p primary key, u unique, x exclusion, n not null, t trigger
     * @param index the number of its index; 0 without one
     * @param parent the number of the constraint of the partitioned table that it belongs to, or 1 if it is inherited; else 0
     * @param referenced the table that a foreign key refers to; null for others
     */
    record Constraint(
            long relation,
            String name,
            String type,
            boolean valid,
            long index,
            long parent,
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
        Reader reader = new Reader();
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

    /** Tables and columns that programs may use. Immutable. */
    public static final class Known {
        private final Set<Long> relations;
        private final Set<ColumnKey> columns;
        /** The names of relations, each with those of its columns: what is made again has another number. */
        private final Map<String, Set<String>> names;

        private Known(Set<Long> relations, Set<ColumnKey> columns, Map<String, Set<String>> names) {
            this.relations = relations;
            this.columns = columns;
            this.names = names;
        }

        boolean hasName(String relation) {
            return names.containsKey(relation);
        }

        boolean hasName(String relation, String column) {
            return names.getOrDefault(relation, Set.of()).contains(column);
        }

        boolean has(long relation) {
            return relations.contains(relation);
        }

        boolean has(ColumnKey column) {
            return columns.contains(column);
        }

        /** Those that are in both. */
        public Known and(Known other) {
            Set<Long> both = new HashSet<>(relations);
            both.retainAll(other.relations);
            Set<ColumnKey> bothColumns = new HashSet<>(columns);
            bothColumns.retainAll(other.columns);
            Map<String, Set<String>> bothNames = new HashMap<>();
            names.forEach((name, of) -> {
                @Nullable Set<String> others = other.names.get(name);
                if (others != null) {
                    Set<String> shared = new HashSet<>(of);
                    shared.retainAll(others);
                    bothNames.put(name, shared);
                }
            });
            return new Known(both, bothColumns, bothNames);
        }
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
        indexes.entrySet().stream().filter(one -> one.getValue() == table).forEach(all::add);
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

    Lock lock(long relation) {
        return locks.getOrDefault(relation, Lock.NONE);
    }

    /** Whether the index is that of a constraint. */
    boolean isOfConstraint(long index) {
        return constraints.values().stream().anyMatch(one -> one.hasOwnIndex() && one.index() == index);
    }

    /** Takes the rows of the query. */
    private static final class Reader {
        private final Map<Long, Relation> relations = new HashMap<>();
        private final Map<ColumnKey, Column> columns = new HashMap<>();
        private final Map<Long, Constraint> constraints = new HashMap<>();
        private final Map<Long, Long> indexes = new HashMap<>();
        private final Map<Long, Long> parents = new HashMap<>();
        private final Map<Long, Domain> domains = new HashMap<>();
        private final Map<Long, Lock> locks = new HashMap<>();
        private boolean countsScans = true;

        private void read(ResultSet row) throws SQLException {
            long number = row.getLong("number");
            long other = row.getLong("other");
            String name = row.getString("name");
            String detail = row.getString("detail");
            switch (row.getString("what")) {
                case "relation" ->
                    relations.put(
                            number,
                            new Relation(
                                    name,
                                    detail,
                                    other,
                                    String.valueOf(row.getString("more")),
                                    row.getLong("n1"),
                                    row.getLong("n2"),
                                    row.getLong("n3"),
                                    row.getBoolean("yes"),
                                    row.getBoolean("also")));
                case "column" ->
                    columns.put(
                            new ColumnKey(number, (int) other),
                            new Column(
                                    name,
                                    String.valueOf(row.getString("more")),
                                    detail,
                                    row.getBoolean("yes"),
                                    row.getBoolean("also"),
                                    row.getLong("n1") > 0,
                                    row.getLong("n2") > 0));
                case "constraint" ->
                    constraints.put(
                            number,
                            new Constraint(
                                    other,
                                    name,
                                    detail,
                                    row.getBoolean("yes"),
                                    row.getLong("n1"),
                                    row.getLong("n2"),
                                    row.getString("more")));
                case "index" -> indexes.put(number, other);
                case "parent" -> parents.put(number, other);
                case "domain" ->
                    domains.put(
                            number,
                            new Domain(
                                    name,
                                    row.getBoolean("yes"),
                                    detail == null ? Set.of() : Set.of(detail.split(" "))));
                case "lock" -> locks.merge(number, Lock.of(name), (one, two) -> one.isAtLeast(two) ? one : two);
                default -> countsScans = row.getBoolean("yes");
            }
        }

        private Measurement measurement() {
            return new Measurement(
                    Map.copyOf(relations),
                    Map.copyOf(columns),
                    Map.copyOf(constraints),
                    Map.copyOf(indexes),
                    Map.copyOf(parents),
                    Map.copyOf(domains),
                    Map.copyOf(locks),
                    countsScans);
        }
    }
}
