package io.tenantry.worker.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The two tables of metrics in ops/README.md: ours one by one, and the beginnings of the names of other ones. */
public final class MetricsTable {
    private static final Path DOCUMENT = Path.of("..", "ops", "README.md");
    private static final String OWN = "| metric | type | labels | unit | over workers | meaning |";
    private static final String OTHERS = "| prefix | labels | what |";
    private static final Set<String> WITH_MAX = Set.of("histogram", "summary");
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    private final TreeMap<String, String> own = new TreeMap<>();
    private final SortedSet<String> prefixes = new TreeSet<>();

    /** Reads the document. */
    public MetricsTable() {
        for (List<String> row : rows(OWN)) {
            own.put(codes(row.get(0)).get(0), shown(row.get(1), codes(row.get(2))));
            if (WITH_MAX.contains(row.get(1))) {
                own.put(codes(row.get(0)).get(0) + "_max", shown("gauge", codes(row.get(2))));
            }
        }
        rows(OTHERS).forEach(row -> prefixes.addAll(codes(row.get(0))));
    }

    /** The names of our own metrics, as Prometheus has them, without the suffixes of histograms. */
    public Set<String> names() {
        return own.keySet();
    }

    /** One line for each difference between the tables and the metrics of a worker; empty if there is none. */
    public List<String> differences(Scrape scrape) {
        List<String> differences = new ArrayList<>();
        TreeMap<String, String> live = new TreeMap<>();
        TreeSet<String> unused = new TreeSet<>(prefixes);
        scrape.families().forEach((name, family) -> {
            if (name.startsWith("tenantry_")) {
                family.labelSets()
                        .forEach(labels -> live.merge(
                                name,
                                family.type() + " with labels " + labels,
                                (one, other) -> one + "; also " + other));
            } else if (prefixes.stream().noneMatch(name::startsWith)) {
                differences.add("not in the table: " + name);
            }
            unused.removeIf(name::startsWith);
        });
        unused.forEach(prefix -> differences.add("no metric begins with " + prefix));
        SortedSet<String> names = new TreeSet<>(own.keySet());
        names.addAll(live.keySet());
        for (String name : names) {
            String documented = own.getOrDefault(name, "missing");
            String found = live.getOrDefault(name, "missing");
            if (!documented.equals(found)) {
                differences.add(name + ": in the table " + documented + ", in the worker " + found);
            }
        }
        return differences;
    }

    private static String shown(String type, List<String> labels) {
        return type + " with labels " + labels.stream().sorted().collect(Collectors.joining(", "));
    }

    private static List<List<String>> rows(String header) {
        try {
            return Files.readAllLines(DOCUMENT).stream()
                    .dropWhile(line -> !line.equals(header))
                    .skip(2)
                    .takeWhile(line -> line.startsWith("|"))
                    .map(line -> Arrays.stream(line.split("\\|"))
                            .skip(1)
                            .map(String::strip)
                            .toList())
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }
}
