package io.tenantry.worker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenantry.contracts.Outcome;
import io.tenantry.worker.ops.PromQl.Grouping;
import io.tenantry.worker.ops.PromQl.LabelMatcher;
import io.tenantry.worker.ops.PromQl.Selector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What rules, dashboard and runbooks call the metrics of a worker, against what a worker serves. */
public final class MetricNames {
    /**
     * An expression.
     *
     * @param where it is
     * @param text in PromQL; on the dashboard with variables of Grafana
     */
    record Use(String where, String text) {
        PromQl expression() {
            return PromQl.of(text);
        }
    }

    /** Prometheus adds them to each series when it scrapes. */
    private static final Set<String> FROM_SCRAPING = Set.of("job", "instance");
    /** Prometheus makes these series itself. */
    private static final Map<String, Set<String>> OF_PROMETHEUS =
            Map.of("up", Set.of(), "ALERTS", Set.of("alertname", "alertstate", "severity"));
    /** Their values are code, not configuration or chance: each value in a matcher must be one that a worker has. */
    private static final Set<String> CLOSED = Set.of("outcome", "condition", "reason", "type", "way", "area");
    /** Of results: not each of them has a series in every worker. */
    private static final Set<String> OUTCOMES =
            Arrays.stream(Outcome.values()).map(Outcome::wireName).collect(Collectors.toUnmodifiableSet());

    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((?<series>.*), (?<label>\\w+)\\)");
    private static final Pattern PROMQL_BLOCK = Pattern.compile("```promql\\n(?<lines>.*?)```", Pattern.DOTALL);

    private MetricNames() {}

    /**
     * Each name under ops/ that a worker does not have, with the place that uses it; empty if all is well.
     *
     * @param metrics what the worker serves at /metrics, after a signup and a migration
     */
    public static List<String> faults(String metrics) throws IOException {
        return faults(uses(), OpsFiles.recorded(), LiveSeries.of(metrics));
    }

    /** All expressions under ops/. */
    static List<Use> uses() throws IOException {
        List<Use> uses = new ArrayList<>();
        for (OpsFiles.Rule rule : OpsFiles.rules()) {
            uses.add(new Use("rule " + rule.name(), rule.content().path("expr").asText()));
        }
        for (JsonNode panel : OpsFiles.dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                uses.add(new Use(
                        "panel " + panel.path("title").asText(),
                        target.path("expr").asText()));
            }
        }
        for (JsonNode variable : OpsFiles.dashboard().path("templating").path("list")) {
            Matcher query = LABEL_VALUES.matcher(variable.path("definition").asText());
            if (query.matches()) {
                uses.add(new Use("variable " + variable.path("name").asText(), query.group("series")));
            }
        }
        OpsFiles.runbooks().forEach((alert, text) -> {
            Matcher block = PROMQL_BLOCK.matcher(text);
            while (block.find()) {
                block.group("lines")
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .forEach(line -> uses.add(new Use("runbook " + alert, line)));
            }
        });
        return uses;
    }

    static List<String> faults(List<Use> uses, Map<String, List<String>> recorded, LiveSeries live) {
        List<String> faults = new ArrayList<>();
        for (Use use : uses) {
            Set<String> labels = new HashSet<>();
            PromQl expression = use.expression();
            for (Selector selector : expression.selectors()) {
                labels.addAll(labels(selector.metric(), recorded, live));
                check(selector, recorded, live).forEach(fault -> faults.add(use.where() + ": " + fault));
            }
            for (Grouping grouping : expression.groupings()) {
                checkLabels(grouping, recorded, live).forEach(fault -> faults.add(use.where() + ": " + fault));
            }
            expression.joins().stream()
                    .filter(label -> !labels.contains(label))
                    .forEach(label -> faults.add(use.where() + ": no metric has the label " + label));
        }
        return faults;
    }

    private static List<String> checkLabels(Grouping grouping, Map<String, List<String>> recorded, LiveSeries live) {
        List<String> faults = new ArrayList<>();
        for (String label : grouping.labels()) {
            List<String> without = grouping.selectors().stream()
                    .map(Selector::metric)
                    .filter(metric -> !labels(metric, recorded, live).contains(label))
                    .toList();
            // Of joined ones, those on one side give no labels.
            if (!grouping.joined() || without.size() == grouping.selectors().size()) {
                without.forEach(metric -> faults.add(metric + " has no label " + label));
            }
        }
        return faults;
    }

    private static List<String> check(Selector selector, Map<String, List<String>> recorded, LiveSeries live) {
        String metric = selector.metric();
        Set<String> labels = labels(metric, recorded, live);
        if (labels.isEmpty()) {
            return List.of("there is no metric " + metric);
        }
        List<String> faults = new ArrayList<>();
        for (LabelMatcher matcher : selector.matchers()) {
            if (!labels.contains(matcher.label())) {
                faults.add(metric + " has no label " + matcher.label());
            } else if (CLOSED.contains(matcher.label())) {
                Set<String> values =
                        values(recorded.containsKey(metric) ? live.names() : Set.of(metric), matcher, live);
                Arrays.stream(matcher.value().split("\\|", -1))
                        .filter(value -> !values.contains(value))
                        .forEach(value -> faults.add(metric + " has no " + matcher.label() + " " + value));
            }
        }
        return faults;
    }

    private static Set<String> values(Set<String> metrics, LabelMatcher matcher, LiveSeries live) {
        Set<String> values = metrics.stream()
                .flatMap(metric -> live.series(metric).stream())
                .map(series -> series.getOrDefault(matcher.label(), ""))
                .collect(Collectors.toCollection(HashSet::new));
        values.addAll(matcher.label().equals("outcome") ? OUTCOMES : Set.of());
        return values;
    }

    /** The labels that a series of this name can have, with those from scraping; empty if there is no such metric. */
    private static Set<String> labels(String metric, Map<String, List<String>> recorded, LiveSeries live) {
        Set<String> labels = new HashSet<>();
        if (recorded.containsKey(metric)) {
            labels.addAll(recorded.getOrDefault(metric, List.of()));
        } else if (OF_PROMETHEUS.containsKey(metric)) {
            labels.addAll(OF_PROMETHEUS.getOrDefault(metric, Set.of()));
        } else if (live.series(metric).isEmpty()) {
            return Set.of();
        }
        live.series(metric).forEach(series -> labels.addAll(series.keySet()));
        labels.addAll(FROM_SCRAPING);
        return labels;
    }
}
