package io.tenantry.worker.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All series that a worker served at /metrics once, with the values of their labels. Immutable. */
final class LiveSeries {
    private static final Pattern SERIES =
            Pattern.compile("(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>(?:\\{.*})?) [^ }]+");
    private static final Pattern LABEL =
            Pattern.compile("(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"(?<value>(?:\\\\.|[^\"\\\\])*)\"");

    private final Map<String, List<Map<String, String>>> series = new LinkedHashMap<>();

    private LiveSeries() {}

    /**
     * Reads the text format of Prometheus.
     *
     * @throws IllegalArgumentException a line is none of that format
     */
    static LiveSeries of(String text) {
        LiveSeries live = new LiveSeries();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            Matcher matcher = SERIES.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("no series of a metric: " + line);
            }
            live.series
                    .computeIfAbsent(matcher.group("name"), name -> new ArrayList<>())
                    .add(labels(matcher.group("labels")));
        });
        return live;
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher matcher = LABEL.matcher(text);
        while (matcher.find()) {
            labels.put(matcher.group("name"), matcher.group("value"));
        }
        return labels;
    }

    /** The names of all series, with {@code _total}, {@code _bucket} and the like; in the order of the text. */
    Set<String> names() {
        return series.keySet();
    }

    /** The labels of each series of that name; empty if there is none. */
    List<Map<String, String>> series(String name) {
        return series.getOrDefault(name, List.of());
    }
}
