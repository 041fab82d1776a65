package io.tenantry.worker.config.read;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads whatever connects to PostgreSQL: the registry and the servers. */
final class ServerReader {
    private static final String URL = "jdbc:postgresql://host:port/database, without user and password in it";
    private static final Duration LONGEST_RETENTION = Duration.ofDays(3650);

    private final TypedValues values;
    private final Faults faults;

    ServerReader(TypedValues values, Faults faults) {
        this.values = values;
        this.faults = faults;
    }

    RegistrySettings registry() {
        return new RegistrySettings(
                url("registry.url"),
                user("registry.user"),
                password("registry.password"),
                values.integer("registry.max-connections", 4, 1, 1000),
                values.duration(
                        "registry.ledger-retention", Duration.ofDays(30), Duration.ofHours(1), LONGEST_RETENTION));
    }

    Map<String, ServerSettings> servers(Layers layers) {
        Map<String, ServerSettings> servers = new LinkedHashMap<>();
        for (String name : layers.namesIn("servers")) {
            String key = "servers." + name;
            if (Names.isFaulty(key, name, layers, faults)) {
                continue;
            }
            servers.put(
                    name,
                    new ServerSettings(
                            name,
                            url(key + ".url"),
                            user(key + ".user"),
                            password(key + ".password"),
                            values.integer(key + ".max-connections", 16, 1, 10_000)));
        }
        if (layers.namesIn("servers").isEmpty()) {
            faults.missing("servers", "at least one, each with url and user");
        }
        return servers;
    }

    private String user(String key) {
        return values.required(key, "a PostgreSQL role").map(Layers.Found::text).orElse("");
    }

    private String url(String key) {
        return values.required(key, URL)
                .map(found -> {
                    String url = found.text().strip();
                    if (!url.startsWith("jdbc:postgresql:")) {
                        faults.badWithoutValue(key, found, "does not start with jdbc:postgresql:", URL);
                    } else if (hasCredentials(url)) {
                        faults.badWithoutValue(
                                key, found, "has a password or a user in it; use user and password", URL);
                    }
                    return url;
                })
                .orElse("");
    }

    private static boolean hasCredentials(String url) {
        String[] parts = url.split("\\?", 2);
        if (decoded(parts[0]).contains("@")) {
            return true;
        }
        if (parts.length == 1) {
            return false;
        }
        for (String parameter : parts[1].split("&", -1)) {
            String name = decoded(parameter.split("=", 2)[0]).toLowerCase(Locale.ROOT);
            if (name.contains("password")) {
                return true;
            }
        }
        return false;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private Secret password(String key) {
        Layers.Found password = values.find(key);
        Layers.Found file = values.find(key + "-file");
        boolean hasPassword = password != null && !password.text().isEmpty();
        if (file == null || file.text().isBlank()) {
            return password == null ? Secret.EMPTY : new Secret(password.text());
        }
        if (hasPassword) {
            faults.add(key + "-file", file.origin(), "given beside " + key + "; keep one of them");
            return Secret.EMPTY;
        }
        try {
            return new Secret(Files.readString(Path.of(file.text())).replaceFirst("\\r?\\n\\z", ""));
        } catch (IOException | InvalidPathException e) {
            // Whoever puts the password itself here should not find it in the log.
            String path = file.text().startsWith("/") ? " " + Faults.printable(file.text()) : "";
            faults.add(
                    key + "-file",
                    file.origin(),
                    "the file" + path + " cannot be read (" + e.getClass().getSimpleName()
                            + "); allowed: a readable text file that holds the password alone");
            return Secret.EMPTY;
        }
    }
}
