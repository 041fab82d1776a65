package io.tenantry.worker.config.read;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftSettings;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link Settings}: the system property {@code tenantry.<key>} over the environment variable
 * {@code TENANTRY_<KEY>} over the file over the defaults. In a value, <code>${NAME}</code> is the environment variable or
 * system property of that name; a backslash before it takes that meaning away; a lone dollar sign is a dollar sign.
 */
public final class SettingsReader {
    private final Layers layers;
    private final TypedValues values;
    private final Faults faults;

    private SettingsReader(Layers layers, Faults faults, Set<Setting<?>> optional) {
        this.layers = layers;
        this.faults = faults;
        this.values = new TypedValues(layers, faults, optional);
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
        return read(yaml, environment, systemProperties, Set.of());
    }

    /**
     * The same for work on the servers alone: the addresses of Kafka and of the registry, and the registry's user, may be
     * missing, and are empty then. What is given is checked.
     */
    public static Settings readForServers(Path yaml, Map<String, String> environment, Properties systemProperties)
            throws InvalidSettingsException {
        return read(
                yaml,
                environment,
                systemProperties,
                Set.of(SettingsTable.BOOTSTRAP_SERVERS, SettingsTable.REGISTRY_URL, SettingsTable.REGISTRY_USER));
    }

    private static Settings read(
            Path yaml, Map<String, String> environment, Properties systemProperties, Set<Setting<?>> optional)
            throws InvalidSettingsException {
        Faults faults = new Faults();
        YamlDocument document = YamlDocument.parse(yaml, faults);
        Layers layers = new Layers(document, environment, systemProperties, faults);
        layers.checkSystemProperties();
        Settings settings = new SettingsReader(layers, faults, optional).settings();
        faults.throwIfAny();
        return settings;
    }

    private Settings settings() {
        ServerReader serverReader = new ServerReader(values, faults);
        KafkaSettings kafka = kafka();
        RegistrySettings registry = serverReader.registry();
        Map<String, ServerSettings> servers = serverReader.servers(layers);
        List<DatabaseSettings> databases = new DatabaseReader(values, faults).databases(layers);
        return new Settings(kafka, registry, servers, databases, worker(), retry(), drift(), http());
    }

    private KafkaSettings kafka() {
        return new KafkaSettings(
                values.required(SettingsTable.BOOTSTRAP_SERVERS).orElse(""),
                values.read(SettingsTable.GROUP_ID),
                values.read(SettingsTable.GROUP_PROTOCOL),
                values.read(SettingsTable.PARTITIONS),
                values.read(SettingsTable.REPLICATION_FACTOR).shortValue(),
                values.read(SettingsTable.TOPIC_PREFIX),
                kafkaProperties());
    }

    private Map<String, String> kafkaProperties() {
        Map<String, String> properties = new HashMap<>();
        for (String name : layers.kafkaProperties()) {
            Layers.@Nullable Found found = values.find(SettingsTable.KAFKA_PROPERTY.of(name));
            if (found != null) {
                properties.put(name, found.text());
            }
        }
        return properties;
    }

    private WorkerSettings worker() {
        return new WorkerSettings(
                values.read(SettingsTable.CONCURRENCY),
                values.read(SettingsTable.DRAIN_TIMEOUT),
                values.read(SettingsTable.UNKNOWN_TENANT_GRACE),
                values.read(SettingsTable.UNKNOWN_TARGET_GRACE),
                values.read(SettingsTable.LOCK_TIMEOUT),
                values.read(SettingsTable.STATEMENT_TIMEOUT));
    }

    private RetrySettings retry() {
        Duration initialDelay = values.read(SettingsTable.INITIAL_DELAY);
        Duration maxDelay = values.read(SettingsTable.MAX_DELAY);
        if (maxDelay.compareTo(initialDelay) < 0) {
            Layers.Found set = values.find(SettingsTable.MAX_DELAY);
            faults.add(
                    SettingsTable.MAX_DELAY.key(),
                    set == null ? "default" : set.origin(),
                    Durations.format(maxDelay) + " is shorter than " + SettingsTable.INITIAL_DELAY.key()
                            + "; allowed: " + Durations.format(initialDelay) + " to "
                            + Durations.format(SettingsTable.LONGEST_DELAY));
        }
        return new RetrySettings(
                values.read(SettingsTable.MAX_ATTEMPTS),
                initialDelay,
                maxDelay,
                values.read(SettingsTable.GIVE_UP_AFTER).orElse(null));
    }

    private DriftSettings drift() {
        return new DriftSettings(
                values.read(SettingsTable.DRIFT_SWEEP).orElse(null), values.read(SettingsTable.DRIFT_HOMES_PER_SECOND));
    }

    private HttpSettings http() {
        return new HttpSettings(values.read(SettingsTable.HTTP_HOST), values.read(SettingsTable.HTTP_PORT));
    }
}
