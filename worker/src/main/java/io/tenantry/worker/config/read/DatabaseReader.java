package io.tenantry.worker.config.read;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the named databases, in the order of the file. */
final class DatabaseReader {
    private static final String FILESYSTEM = "filesystem:";
    private static final String MIGRATIONS = "filesystem:<folder>";
    private static final Pattern CLASS = Pattern.compile("[\\p{Alpha}_$][\\w$]*(\\.[\\p{Alpha}_$][\\w$]*)*");
    private static final String CLASSES = "names of classes, with commas between";

    private final TypedValues values;
    private final Faults faults;

    DatabaseReader(TypedValues values, Faults faults) {
        this.values = values;
        this.faults = faults;
    }

    List<DatabaseSettings> databases(Layers layers) {
        Set<String> servers = layers.namesIn("servers");
        List<DatabaseSettings> databases = new ArrayList<>();
        Map<String, String> locations = new HashMap<>();
        for (String name : layers.namesIn("databases")) {
            String key = "databases." + name;
            if (Names.isFaulty(key, name, layers, faults)) {
                continue;
            }
            Isolation isolation = values.choice(key + ".isolation", Isolation.SCHEMA, Isolation.class);
            String server = server(key + ".server", servers);
            Optional<Layers.Found> found = location(key + ".location", isolation);
            found.ifPresent(location -> {
                String other = locations.putIfAbsent(server + "/" + location.text(), name);
                if (other != null && !server.isEmpty()) {
                    faults.bad(
                            key + ".location",
                            location,
                            "on the same server databases." + other + " has it already",
                            "a location of its own");
                }
            });
            String location = found.map(Layers.Found::text).orElse("");
            databases.add(new DatabaseSettings(
                    name,
                    server,
                    isolation,
                    location,
                    migrations(key + ".migrations"),
                    javaMigrations(key + ".java-migrations"),
                    values.flag(key + ".out-of-order", false),
                    allow(key + ".allow", isolation)));
        }
        if (layers.namesIn("databases").isEmpty()) {
            faults.missing("databases", "at least one, each with server, location and migrations");
        }
        return databases;
    }

    private String server(String key, Set<String> servers) {
        String allowed = servers.isEmpty() ? "the name of a server" : String.join(", ", servers);
        Optional<Layers.Found> found = values.required(key, allowed);
        if (found.isPresent() && !servers.contains(found.get().text())) {
            faults.bad(key, found.get(), "not the name of a server", allowed);
        }
        return found.map(Layers.Found::text).orElse("");
    }

    private Optional<Layers.Found> location(String key, Isolation isolation) {
        String allowed = LocationPattern.allowed(isolation);
        Optional<Layers.Found> found = values.required(key, allowed);
        found.ifPresent(location -> LocationPattern.fault(location.text(), isolation)
                .ifPresent(problem -> faults.bad(key, location, problem, allowed)));
        return found;
    }

    private Path migrations(String key) {
        Optional<Layers.Found> found = values.required(key, MIGRATIONS);
        if (found.isPresent()) {
            String text = found.get().text().strip();
            try {
                if (text.startsWith(FILESYSTEM) && text.length() > FILESYSTEM.length() && !text.contains(",")) {
                    return Path.of(text.substring(FILESYSTEM.length()));
                }
                faults.bad(key, found.get(), "not one folder", MIGRATIONS);
            } catch (InvalidPathException e) {
                faults.bad(key, found.get(), "not a path", MIGRATIONS);
            }
        }
        return Path.of("");
    }

    /** Scripts are judged with isolation schema only: elsewhere the key would have no effect, and nobody would be told. */
    private Set<String> allow(String key, Isolation isolation) {
        Set<String> names = Set.copyOf(values.names(key, "names of scripts, with commas between"));
        Layers.@Nullable Found found = values.find(key);
        if (found != null && !names.isEmpty() && isolation != Isolation.SCHEMA) {
            faults.bad(
                    key,
                    found,
                    "has no effect with isolation " + isolation.name().toLowerCase(Locale.ROOT)
                            + ", where every script may reach outside its schema",
                    "only with isolation schema");
        }
        return names;
    }

    private List<String> javaMigrations(String key) {
        List<String> names = values.names(key, CLASSES);
        if (names.stream().allMatch(name -> CLASS.matcher(name).matches())) {
            return names;
        }
        Layers.@Nullable Found found = values.find(key);
        if (found != null) {
            faults.bad(key, found, "not accepted", CLASSES);
        }
        return List.of();
    }
}
