package io.tenantry.worker.telemetry;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The formats of {@code /metrics}, by the client's {@code Accept} header. */
final class MetricsFormat {
    static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    /** <a href="https://prometheus.io/docs/specs/om/open_metrics_spec/">OpenMetrics</a>. */
    static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final Set<String> TEXT_RANGES = Set.of("text/plain", "text/*", "*/*");

    private MetricsFormat() {}

    /**
     * OpenMetrics if the client likes it at least as much as plain text.
     *
     * @param accept null means no preference
     */
    static String preferred(@Nullable String accept) {
        double openMetrics = 0;
        double text = 0;
        for (String range : accept == null ? List.<String>of() : List.of(accept.split(","))) {
            String[] parts = range.split(";");
            String type = parts.length == 0 ? "" : parts[0].trim().toLowerCase(Locale.ROOT);
            if (type.equals("application/openmetrics-text")) {
                openMetrics = Math.max(openMetrics, quality(parts));
            } else if (TEXT_RANGES.contains(type)) {
                text = Math.max(text, quality(parts));
            }
        }
        return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : TEXT;
    }

    /** 1 if it is missing, 0 if it cannot be read. */
    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim();
            if (parameter.startsWith("q=")) {
                String value = parameter.substring(2);
                return value.matches("[01](\\.[0-9]{0,3})?") ? Double.parseDouble(value) : 0;
            }
        }
        return 1;
    }
}
