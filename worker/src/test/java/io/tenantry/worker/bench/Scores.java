package io.tenantry.worker.bench;

import io.tenantry.worker.demo.TextTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Tenants a second, of all rounds. */
final class Scores {
    private record Line(String workload, String contestant) {}

    private final Map<Line, List<Double>> rates = new LinkedHashMap<>();

    void add(String workload, String contestant, int tenants, Duration elapsed) {
        rates.computeIfAbsent(new Line(workload, contestant), line -> new ArrayList<>())
                .add(tenants / (elapsed.toNanos() / 1e9));
    }

    /** Of the rounds. */
    double median(String workload, String contestant) {
        List<Double> sorted = rates.getOrDefault(new Line(workload, contestant), List.of()).stream()
                .sorted()
                .toList();
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException(contestant + " has no " + workload);
        }
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The table for people, raw rounds included. */
    List<String> lines() {
        TextTable table = new TextTable("workload", "contestant", "median", "rounds, tenants a second");
        rates.forEach((line, rounds) -> table.row(
                line.workload(),
                line.contestant(),
                one(median(line.workload(), line.contestant())),
                rounds.stream().map(Scores::one).collect(Collectors.joining("  "))));
        return table.lines();
    }

    private static String one(double rate) {
        return String.format(Locale.ROOT, "%.1f", rate);
    }
}
