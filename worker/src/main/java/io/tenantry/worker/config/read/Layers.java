package io.tenantry.worker.config.read;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.ExpressionConfigSourceInterceptor;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The value of a key: from a system property, else from the environment, else from the file. */
final class Layers {
    /**
     * A value that is set.
     *
     * @param origin where, for a message
     * @param usable false when {@code ${...}} in it could not be expanded, which is a fault already told
     */
    record Found(String text, String origin, boolean usable) {}

    private static final String PREFIX = "tenantry.";
    private static final String KAFKA_PROPERTIES_IN_ENVIRONMENT = "TENANTRY_KAFKA_PROPERTIES_";
    private static final String SYSTEM_PROPERTIES = "system property";
    private static final String FILE = "file";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)}");

    private final SmallRyeConfig config;
    private final YamlDocument file;
    private final Map<String, String> environment;
    private final Set<String> systemKeys = new TreeSet<>();
    private final Faults faults;

    Layers(YamlDocument file, Map<String, String> environment, Properties systemProperties, Faults faults) {
        this.file = file;
        this.environment = environment;
        this.faults = faults;
        Map<String, String> fromFile = new HashMap<>();
        file.values().forEach((key, value) -> fromFile.put(PREFIX + key, DollarSigns.expandable(value)));
        this.config = new SmallRyeConfigBuilder()
                .withSources(
                        new PropertiesConfigSource(properties(systemProperties), SYSTEM_PROPERTIES, 400),
                        new EnvConfigSource(variables(environment), 300),
                        new YamlConfigSource(FILE, fromFile, 100))
                .withInterceptors(new ExpressionConfigSourceInterceptor())
                .build();
    }

    /** Null when it is set nowhere. */
    @Nullable Found find(String key) {
        try {
            ConfigValue value = config.getConfigValue(PREFIX + key);
            if (value.hasProblems()) {
                return unexpanded(key);
            }
            return value.getValue() == null
                    ? null
                    : new Found(value.getValue(), origin(key, value.getConfigSourceName()), true);
        } catch (IllegalArgumentException | NoSuchElementException e) {
            // An endless or unknown expression. The message may hold the value: it is not passed on.
            return unexpanded(key);
        }
    }

    /** The names below {@code servers} or {@code databases}: of the file in its order, then of system properties. */
    Set<String> namesIn(String section) {
        Set<String> names = new LinkedHashSet<>(file.namesIn(section));
        for (String key : systemKeys) {
            if (key.startsWith(section + ".") && KnownKeys.kindOf(key) == KnownKeys.Kind.VALUE) {
                names.add(key.substring(section.length() + 1).split("\\.", -1)[0]);
            }
        }
        return names;
    }

    /** Where a section begins, for a message. */
    String originOf(String section) {
        return file.has(section) ? file.origin(section) : SYSTEM_PROPERTIES;
    }

    /** The names of the Kafka client's properties that any layer sets. */
    Set<String> kafkaProperties() {
        Set<String> keys = new TreeSet<>();
        file.values().keySet().stream().filter(KnownKeys::isKafkaProperty).forEach(keys::add);
        systemKeys.stream().filter(KnownKeys::isKafkaProperty).forEach(keys::add);
        Set<String> inEnvironment = new TreeSet<>();
        keys.forEach(key -> inEnvironment.add(variable(key)));
        for (String name : environment.keySet()) {
            // A name that is known only from the environment is taken with dots, as all of Kafka's are.
            if (name.startsWith(KAFKA_PROPERTIES_IN_ENVIRONMENT)
                    && name.length() > KAFKA_PROPERTIES_IN_ENVIRONMENT.length()
                    && !inEnvironment.contains(name)) {
                String property = name.substring(KAFKA_PROPERTIES_IN_ENVIRONMENT.length());
                keys.add(KnownKeys.KAFKA_PROPERTIES + "."
                        + property.toLowerCase(Locale.ROOT).replace('_', '.'));
            }
        }
        Set<String> names = new LinkedHashSet<>();
        keys.forEach(key -> names.add(key.substring(KnownKeys.KAFKA_PROPERTIES.length() + 1)));
        return names;
    }

    /** Tells the {@code tenantry.*} system properties that are no keys. */
    void checkSystemProperties() {
        for (String key : systemKeys) {
            if (KnownKeys.kindOf(key) != KnownKeys.Kind.VALUE) {
                faults.unknown(key, SYSTEM_PROPERTIES);
            }
        }
    }

    private Found unexpanded(String key) {
        Found raw = raw(key);
        var variable = VARIABLE.matcher(raw.text());
        // Of a secret, only a value that is nothing but a variable may be quoted.
        String what = variable.matches() ? "${" + variable.group(1) + "} is set nowhere" : "${...} cannot be expanded";
        faults.add(
                key,
                raw.origin(),
                what + "; set it as an environment variable or system property, write ${NAME:default}, or \\${ for"
                        + " the characters themselves");
        return raw;
    }

    private Found raw(String key) {
        for (var source : config.getConfigSources()) {
            String value = source.getValue(PREFIX + key);
            if (value != null) {
                return new Found(value, origin(key, source.getName()), false);
            }
        }
        return new Found("", FILE, false);
    }

    private String origin(String key, String source) {
        return switch (source) {
            case FILE -> file.origin(key);
            case EnvConfigSource.NAME -> "environment variable " + variable(key);
            default -> SYSTEM_PROPERTIES;
        };
    }

    private static String variable(String key) {
        return (PREFIX + key).replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private Map<String, String> properties(Properties systemProperties) {
        Map<String, String> result = new HashMap<>();
        for (String name : systemProperties.stringPropertyNames()) {
            String value = systemProperties.getProperty(name);
            if (name.startsWith(PREFIX)) {
                String key = name.substring(PREFIX.length()).replace("\"", "");
                systemKeys.add(key);
                result.put(PREFIX + key, DollarSigns.expandable(value));
            } else {
                result.put(name, DollarSigns.literal(value));
            }
        }
        return result;
    }

    private static Map<String, String> variables(Map<String, String> environment) {
        Map<String, String> result = new HashMap<>();
        environment.forEach((name, value) -> result.put(
                name,
                name.toUpperCase(Locale.ROOT).startsWith("TENANTRY_")
                        ? DollarSigns.expandable(value)
                        : DollarSigns.literal(value)));
        return result;
    }
}
