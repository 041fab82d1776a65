package io.tenantry.worker.config.read;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.HttpSettings;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link Settings}: the system property {@code tenantry.<key>} over the environment variable
 * {@code TENANTRY_<KEY>} over the file over the defaults. In a value, <code>${NAME}</code> is the environment variable or
 * system property of that name; a backslash before it takes that meaning away; a lone dollar sign is a dollar sign.
 */
public final class SettingsReader {
    private static final Pattern BOOTSTRAP_SERVER =
            Pattern.compile("([A-Za-z_]+://)?(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final Pattern GROUP = Pattern.compile("[^\\s\\p{Cntrl}]{1,200}");
    /** Kafka's topics have at most 249 of these; the longest name after the prefix takes 23. */
    private static final Pattern TOPIC_PREFIX = Pattern.compile("[A-Za-z0-9._-]{0,200}");

    private static final String BOOTSTRAP_SERVERS = "host:port, more than one separated by commas";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final Layers layers;
    private final TypedValues values;
    private final Faults faults;

    private SettingsReader(Layers layers, Faults faults) {
        this.layers = layers;
        this.faults = faults;
        this.values = new TypedValues(layers, faults);
    }

    /**
     * Reads and checks everything.
     *
     * @param yaml the settings file
     * @param environment the environment variables
     * @param systemProperties of which {@code tenantry.*} override the file
     * @throws InvalidSettingsException with every fault that was found, and with no secret
     */
    public static Settings read(Path yaml, Map<String, String> environment, Properties systemProperties)
            throws InvalidSettingsException {
        Faults faults = new Faults();
        YamlDocument document = YamlDocument.parse(yaml, faults);
        Layers layers = new Layers(document, environment, systemProperties, faults);
        layers.checkSystemProperties();
        Settings settings = new SettingsReader(layers, faults).settings();
        faults.throwIfAny();
        return settings;
    }

    private Settings settings() {
        ServerReader serverReader = new ServerReader(values, faults);
        KafkaSettings kafka = kafka();
        RegistrySettings registry = serverReader.registry();
        Map<String, ServerSettings> servers = serverReader.servers(layers);
        List<DatabaseSettings> databases = new DatabaseReader(values, faults).databases(layers);
        return new Settings(kafka, registry, servers, databases, worker(), retry(), http());
    }

    private KafkaSettings kafka() {
        String bootstrapServers = values.required("kafka.bootstrap-servers", BOOTSTRAP_SERVERS)
                .map(found -> {
                    if (!areBootstrapServers(found.text())) {
                        faults.bad("kafka.bootstrap-servers", found, "not accepted", BOOTSTRAP_SERVERS);
                    }
                    return found.text();
                })
                .orElse("");
        return new KafkaSettings(
                bootstrapServers,
                values.text("kafka.group-id", "tenantry", matches(GROUP), "1 to 200 characters without spaces"),
                values.choice("kafka.group-protocol", GroupProtocol.CLASSIC, GroupProtocol.class),
                values.integer("kafka.partitions", 12, 1, 10_000),
                (short) values.integer(
                        "kafka.replication-factor",
                        -1,
                        number -> number == -1 || (number >= 1 && number <= Short.MAX_VALUE),
                        "1 to " + Short.MAX_VALUE + ", or -1 for the broker's default"),
                values.text("kafka.topic-prefix", "", matches(TOPIC_PREFIX), "up to 200 of a-z, A-Z, 0-9, ., _ and -"),
                kafkaProperties());
    }

    private Map<String, String> kafkaProperties() {
        Map<String, String> properties = new HashMap<>();
        for (String name : layers.kafkaProperties()) {
            Layers.@Nullable Found found = values.find(KnownKeys.KAFKA_PROPERTIES + "." + name);
            if (found != null) {
                properties.put(name, found.text());
            }
        }
        return properties;
    }

    private static boolean areBootstrapServers(String text) {
        for (String server : text.split(",", -1)) {
            var form = BOOTSTRAP_SERVER.matcher(server.strip());
            if (!form.matches() || !isPort(Integer.parseInt(form.group(3)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPort(int number) {
        return number >= 1 && number <= 65535;
    }

    private WorkerSettings worker() {
        return new WorkerSettings(
                values.integer("worker.concurrency", 16, 1, 10_000),
                values.duration("worker.drain-timeout", Duration.ofSeconds(30), Duration.ZERO, HOUR),
                values.duration("worker.unknown-tenant-grace", Duration.ofSeconds(30), Duration.ZERO, DAY),
                values.duration("worker.unknown-target-grace", Duration.ofSeconds(60), Duration.ZERO, DAY),
                values.duration("worker.lock-timeout", Duration.ofSeconds(2), MILLISECOND, HOUR),
                values.duration("worker.statement-timeout", Duration.ZERO, Duration.ZERO, DAY));
    }

    private RetrySettings retry() {
        Duration initialDelay = values.duration("retry.initial-delay", Duration.ofMillis(200), MILLISECOND, HOUR);
        Duration maxDelay = values.duration("retry.max-delay", Duration.ofSeconds(60), MILLISECOND, DAY);
        if (maxDelay.compareTo(initialDelay) < 0) {
            Layers.Found set = values.find("retry.max-delay");
            faults.add(
                    "retry.max-delay",
                    set == null ? "default" : set.origin(),
                    Durations.format(maxDelay) + " is shorter than retry.initial-delay; allowed: "
                            + Durations.format(initialDelay) + " to " + Durations.format(DAY));
        }
        return new RetrySettings(
                values.integer("retry.max-attempts", 10, 1, 1000),
                initialDelay,
                maxDelay,
                values.durationOrNever("retry.give-up-after", Duration.ofSeconds(1), Duration.ofDays(365)));
    }

    private HttpSettings http() {
        return new HttpSettings(
                values.text("http.host", "127.0.0.1", matches(GROUP), "a host name or address"),
                values.integer("http.port", 8080, 0, 65535));
    }

    private static java.util.function.Predicate<String> matches(Pattern pattern) {
        return pattern.asMatchPredicate();
    }
}
