package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Constraint;
import io.tenantry.worker.engine.hazard.Measurement.Domain;
import io.tenantry.worker.engine.hazard.Measurement.Index;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import io.tenantry.worker.engine.hazard.Measurement.Settings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes the rows of the query of a {@link Measurement}. For one use, by one thread. */
final class MeasurementReader {
    private static final int HAS_VALUE = 1;
    private static final int REFUSES_VALUES = 2;
    private static final int IS_COMPUTED = 4;
    private static final int IS_DEFAULTED = 8;
    private static final int IS_CHECKED = 16;

    private final Map<Long, Relation> relations = new HashMap<>();
    private final Map<ColumnKey, Column> columns = new HashMap<>();
    private final Map<Long, Constraint> constraints = new HashMap<>();
    private final Map<Long, Index> indexes = new HashMap<>();
    private final Map<Long, Long> parents = new HashMap<>();
    private final Map<Long, Domain> domains = new HashMap<>();
    private final Map<Long, Lock> locks = new HashMap<>();
    private final Map<Long, Set<Long>> casts = new HashMap<>();
    private Settings settings = new Settings(true, false);

    void read(ResultSet row) throws SQLException {
        long number = row.getLong("number");
        long other = row.getLong("other");
        String name = row.getString("name");
        @Nullable String detail = row.getString("detail");
        switch (row.getString("what")) {
            case "relation" -> relations.put(number, relation(row));
            case "column" -> columns.put(new ColumnKey(number, (int) other), column(row));
            case "constraint" -> constraints.put(number, constraint(row));
            case "index" ->
                indexes.put(number, new Index(other, String.valueOf(detail), numbers(row.getString("more"))));
            case "parent" -> parents.put(number, other);
            case "domain" ->
                domains.put(
                        number,
                        new Domain(
                                name,
                                other,
                                row.getBoolean("yes"),
                                detail == null ? Set.of() : Set.of(detail.split(" "))));
            case "lock" -> locks.merge(number, Lock.of(name), (one, two) -> one.isAtLeast(two) ? one : two);
            case "cast" ->
                casts.computeIfAbsent(number, source -> new HashSet<>()).add(other);
            default -> settings = new Settings(row.getBoolean("yes"), row.getBoolean("also"));
        }
    }

    private static Relation relation(ResultSet row) throws SQLException {
        String[] more = row.getString("more").split(" ", 3);
        return new Relation(
                row.getString("name"),
                row.getString("detail"),
                row.getLong("other"),
                more[0],
                more[2],
                row.getLong("n1"),
                row.getLong("n2"),
                Long.parseLong(more[1]),
                row.getLong("n3"),
                row.getBoolean("yes"),
                row.getBoolean("also"));
    }

    private static Column column(ResultSet row) throws SQLException {
        long flags = row.getLong("n1");
        return new Column(
                row.getString("name"),
                String.valueOf(row.getString("more")),
                row.getString("detail"),
                row.getLong("n2"),
                row.getBoolean("yes"),
                row.getBoolean("also"),
                (flags & HAS_VALUE) != 0,
                (flags & REFUSES_VALUES) != 0,
                (flags & IS_COMPUTED) != 0,
                (flags & IS_DEFAULTED) != 0,
                (flags & IS_CHECKED) != 0);
    }

    private static Constraint constraint(ResultSet row) throws SQLException {
        String[] detail = row.getString("detail").split(" ", 2);
        return new Constraint(
                row.getLong("other"),
                row.getString("name"),
                detail[0],
                row.getBoolean("yes"),
                row.getLong("n1"),
                row.getLong("n2"),
                numbers(detail.length > 1 ? detail[1] : ""),
                row.getBoolean("also"),
                row.getLong("n3"),
                row.getString("more"));
    }

    private static Set<Integer> numbers(String text) {
        return Arrays.stream(text.split(" "))
                .filter(one -> !one.isEmpty())
                .map(Integer::valueOf)
                .collect(Collectors.toUnmodifiableSet());
    }

    Measurement measurement() {
        return new Measurement(
                Map.copyOf(relations),
                Map.copyOf(columns),
                Map.copyOf(constraints),
                Map.copyOf(indexes),
                Map.copyOf(parents),
                Map.copyOf(domains),
                Map.copyOf(locks),
                Map.copyOf(casts),
                settings);
    }
}
