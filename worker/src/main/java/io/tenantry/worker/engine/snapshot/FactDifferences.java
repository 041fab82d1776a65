package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.VolatileFacts.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares the facts of two runs. Facts that vary a little from run to run count as the same. For one comparison. */
final class FactDifferences {
    /** Longer than the time from a script to the reading of its facts. */
    private static final double SECONDS_APART = 300;
    /** A random number may be printed with a few digits less. */
    private static final int CHARACTERS_APART = 4;
    /** Fewer distinct values are counted exactly; how many of many values are the same is chance. */
    private static final int MANY = 8;
    /** The same for points in time: rows that are filled within a microsecond have one clock_timestamp(). */
    private static final int MANY_MOMENTS = 3;

    private final VolatileFacts here;
    private final VolatileFacts there;
    private final List<Difference> differences = new ArrayList<>();

    FactDifferences(VolatileFacts here, VolatileFacts there) {
        this.here = here;
        this.there = there;
    }

    List<Difference> all() {
        Set<TableColumn> columns = new TreeSet<>(here.columns().keySet());
        columns.addAll(there.columns().keySet());
        columns.forEach(column ->
                compare(column, here.columns().get(column), there.columns().get(column)));
        Set<String> types = new TreeSet<>(here.distinct().keySet());
        types.addAll(there.distinct().keySet());
        types.forEach(this::compareType);
        return List.copyOf(differences);
    }

    private void compare(TableColumn name, @Nullable Column mine, @Nullable Column theirs) {
        String column = "column " + name;
        if (mine == null || theirs == null) {
            add(column, false, mine == null ? "nothing" : "present", theirs == null ? "nothing" : "present");
            return;
        }
        add("nulls of " + column, mine.nulls() == theirs.nulls(), mine.nulls(), theirs.nulls());
        int many = mine.earliest() == null ? MANY : MANY_MOMENTS;
        add(
                "distinct values of " + column,
                numbersAreClose(mine.distinct(), theirs.distinct(), many),
                mine.distinct(),
                theirs.distinct());
        compareLengths("length of the shortest value of " + column, mine.shortest(), theirs.shortest());
        compareLengths("length of the longest value of " + column, mine.longest(), theirs.longest());
        compareTimes("seconds from now to the earliest value of " + column, mine.earliest(), theirs.earliest());
        compareTimes("seconds from now to the latest value of " + column, mine.latest(), theirs.latest());
    }

    private void compareType(String type) {
        long mine = here.distinct().getOrDefault(type, 0L);
        long theirs = there.distinct().getOrDefault(type, 0L);
        int many = type.equals(VolatileFacts.MOMENTS) ? MANY_MOMENTS : MANY;
        add("distinct values of type " + type, numbersAreClose(mine, theirs, many), mine, theirs);
    }

    private void compareLengths(String fact, @Nullable Integer one, @Nullable Integer other) {
        boolean same = (one == null || other == null)
                ? Objects.equals(one, other)
                : Math.abs(one - other) <= CHARACTERS_APART + Math.max(one, other) / 4;
        add(fact, same, one, other);
    }

    private void compareTimes(String fact, @Nullable Double one, @Nullable Double other) {
        boolean same =
                (one == null || other == null) ? Objects.equals(one, other) : Math.abs(one - other) <= SECONDS_APART;
        add(fact, same, rounded(one), rounded(other));
    }

    private static @Nullable Long rounded(@Nullable Double seconds) {
        return seconds == null ? null : Math.round(seconds);
    }

    private static boolean numbersAreClose(long one, long other, int many) {
        return one == other || Math.min(one, other) >= many;
    }

    private void add(String fact, boolean same, @Nullable Object mine, @Nullable Object theirs) {
        if (!same) {
            differences.add(new Difference.Amount(fact, text(mine), text(theirs)));
        }
    }

    private static String text(@Nullable Object value) {
        return value == null ? "none" : value.toString();
    }
}
