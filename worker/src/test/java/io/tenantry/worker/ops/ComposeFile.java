package io.tenantry.worker.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * docker-compose.yml at the top of the project, with its variables as they are written.
 *
 * @param text the file
 * @param root all of it
 */
record ComposeFile(String text, Map<String, Object> root) {
    /** The top folder of the project. */
    static final Path TOP = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)[^}]*}");

    static ComposeFile read() {
        String text = textOf("docker-compose.yml");
        return new ComposeFile(text, mapping(yaml(text)));
    }

    /** A YAML file of the project. */
    static Map<String, Object> yamlOf(String file) {
        return mapping(yaml(textOf(file)));
    }

    static String textOf(String file) {
        try {
            return Files.readString(TOP.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables of {@code .env.example}, with their values. */
    static Map<String, String> example() {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(TOP.resolve(".env.example"))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }

    /** A service with its name. */
    record Service(String name, Map<String, Object> keys) {
        Map<String, Object> mapping(String key) {
            return keys.get(key) instanceof Map<?, ?> map ? ComposeFile.mapping(map) : Map.of();
        }

        List<String> list(String key) {
            return keys.get(key) instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        String text(String key) {
            return String.valueOf(keys.get(key));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    Stream<Service> services() {
        return mapping(root.get("services")).entrySet().stream()
                .map(entry -> new Service(entry.getKey(), mapping(entry.getValue())));
    }

    Service service(String name) {
        return services()
                .filter(service -> service.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no service " + name));
    }

    /** The variables that must come from {@code .env}. */
    Set<String> variables() {
        Set<String> names = new TreeSet<>();
        Matcher variable = VARIABLE.matcher(text);
        while (variable.find()) {
            names.add(variable.group(1));
        }
        return names;
    }

    static Map<String, Object> mapping(@Nullable Object value) {
        Map<String, Object> result = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(value)).forEach((key, element) -> result.put(String.valueOf(key), element));
        return result;
    }

    private static Object yaml(String text) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    }
}
