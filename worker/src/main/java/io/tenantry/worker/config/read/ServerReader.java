package io.tenantry.worker.config.read;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the connections to PostgreSQL: the registry and the servers. */
final class ServerReader {
    private final TypedValues values;
    private final Faults faults;

    ServerReader(TypedValues values, Faults faults) {
        this.values = values;
        this.faults = faults;
    }

    RegistrySettings registry() {
        return new RegistrySettings(
                values.required(SettingsTable.REGISTRY_URL).orElse(""),
                values.required(SettingsTable.REGISTRY_USER).orElse(""),
                password(SettingsTable.REGISTRY_PASSWORD, SettingsTable.REGISTRY_PASSWORD_FILE),
                values.read(SettingsTable.REGISTRY_CONNECTIONS),
                values.read(SettingsTable.LEDGER_RETENTION));
    }

    Map<String, ServerSettings> servers(Layers layers) {
        Map<String, ServerSettings> servers = new LinkedHashMap<>();
        for (String name : layers.namesIn("servers")) {
            if (!Names.isFaulty("servers." + name, name, layers, faults)) {
                servers.put(name, server(name));
            }
        }
        if (layers.namesIn("servers").isEmpty()) {
            faults.missing("servers", "at least one, each with " + KnownKeys.requiredIn("servers"));
        }
        return servers;
    }

    private ServerSettings server(String name) {
        return new ServerSettings(
                name,
                values.required(SettingsTable.SERVER_URL.of(name)).orElse(""),
                values.required(SettingsTable.SERVER_USER.of(name)).orElse(""),
                password(SettingsTable.SERVER_PASSWORD.of(name), SettingsTable.SERVER_PASSWORD_FILE.of(name)),
                values.read(SettingsTable.SERVER_CONNECTIONS.of(name)));
    }

    private Secret password(Setting<String> inClear, Setting<String> inFile) {
        String password = values.read(inClear);
        Layers.Found file = values.find(inFile);
        if (file == null || file.text().isBlank()) {
            return new Secret(password);
        }
        if (!password.isEmpty()) {
            faults.add(inFile.key(), file.origin(), "given beside " + inClear.key() + "; keep one of them");
            return Secret.EMPTY;
        }
        try {
            return new Secret(Files.readString(Path.of(file.text())).replaceFirst("\\r?\\n\\z", ""));
        } catch (IOException | InvalidPathException e) {
            // A text that is no absolute path may be the password itself: the log must not show it.
            String path = file.text().startsWith("/") ? " " + Faults.printable(file.text()) : "";
            faults.add(
                    inFile.key(),
                    file.origin(),
                    "the file" + path + " cannot be read (" + e.getClass().getSimpleName() + "); allowed: "
                            + inFile.type().allowed());
            return Secret.EMPTY;
        }
    }
}
