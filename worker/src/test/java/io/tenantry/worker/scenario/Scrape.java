package io.tenantry.worker.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a worker, as Prometheus reads them.
 *
 * @param text in the text format
 * @param families by name
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition formats</a>
 */
public record Scrape(String text, Map<String, Family> families) {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\",?");

    /**
     * Metrics of one name.
     *
     * @param labelSets the names of the labels of its series: one set, if all series have the same
     */
    public record Family(String type, SortedSet<String> labelSets) {}

    /** Asks a worker on this machine. */
    public static Scrape of(int port) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            return parse(HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Reads the text format. */
    public static Scrape parse(String text) {
        Map<String, Family> families = new LinkedHashMap<>();
        String current = "";
        SortedSet<String> labelSets = new TreeSet<>();
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                current = type.group(1);
                labelSets = new TreeSet<>();
                families.put(current, new Family(type.group(2), labelSets));
            } else if (sample.matches()) {
                if (!sample.group(1).startsWith(current) || current.isEmpty()) {
                    throw new IllegalStateException("no TYPE line before: " + line);
                }
                labelSets.add(labels(sample.group(2)));
            } else if (!line.startsWith("# HELP ") && !line.isEmpty()) {
                throw new IllegalStateException("not in the text format: " + line);
            }
        }
        return new Scrape(text, families);
    }

    /** The names of the labels in order, without the one that a histogram's buckets have. */
    private static String labels(@Nullable String all) {
        SortedSet<String> names = new TreeSet<>();
        Matcher label = LABEL.matcher(all == null ? "" : all);
        while (label.find()) {
            names.add(label.group(1));
        }
        names.remove("le");
        return String.join(", ", names);
    }
}
