package io.tenantry.worker.bench;

import io.tenantry.worker.scenario.Scrape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a worker has counted, as its metrics say.
 *
 * @param values by the series' name with its labels, as in the text format
 */
record Counters(Map<String, Double> values) {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{.*})?) (\\S+)");
    private static final Pattern BOUND = Pattern.compile("le=\"([^\"]*)\"");

    Counters {
        values = Map.copyOf(values);
    }

    /** Asks a worker on this machine. */
    static Counters of(int port) {
        Map<String, Double> values = new HashMap<>();
        for (String line : Scrape.of(port).text().lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                values.put(sample.group(1), number(sample.group(2)));
            }
        }
        return new Counters(values);
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** What was counted after another look. */
    Counters since(Counters before) {
        Map<String, Double> grown = new HashMap<>();
        values.forEach((series, value) -> grown.put(series, value - before.values.getOrDefault(series, 0.0)));
        return new Counters(grown);
    }

    /** The sum of all series of this name that have these labels. */
    double sum(String name, String... labels) {
        return values.entrySet().stream()
                .filter(series -> isOf(series.getKey(), name, labels))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** The mean of a histogram, in milliseconds; not a number if it has no values. */
    double meanMillis(String histogram, String... labels) {
        return 1000 * sum(histogram + "_sum", labels) / sum(histogram + "_count", labels);
    }

    /**
     * A percentile of a histogram, in milliseconds. Inside a bucket the values are taken as evenly distributed, as Prometheus
     * does it.
     *
     * @param percent over 0, up to 100
     */
    double percentileMillis(double percent, String histogram, String... labels) {
        TreeMap<Double, Double> buckets = new TreeMap<>();
        values.forEach((series, value) -> {
            Matcher bound = BOUND.matcher(series);
            if (isOf(series, histogram + "_bucket", labels) && bound.find()) {
                buckets.merge(number(bound.group(1)), value, Double::sum);
            }
        });
        double wanted = sum(histogram + "_count", labels) * percent / 100;
        double from = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            if (bucket.getValue() >= wanted && bucket.getValue() > below) {
                double to = Double.isInfinite(bucket.getKey()) ? from : bucket.getKey();
                return 1000 * (from + (to - from) * (wanted - below) / (bucket.getValue() - below));
            }
            from = bucket.getKey();
            below = bucket.getValue();
        }
        return Double.NaN;
    }

    private static boolean isOf(String series, String name, String... labels) {
        return (series.equals(name) || series.startsWith(name + "{"))
                && List.of(labels).stream().allMatch(series::contains);
    }
}
