package io.tenantry.worker.config.read;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the named databases, in the order of the file. */
final class DatabaseReader {
    private final TypedValues values;
    private final Faults faults;
    /** The first database of each server and location. */
    private final Map<String, String> locations = new HashMap<>();

    DatabaseReader(TypedValues values, Faults faults) {
        this.values = values;
        this.faults = faults;
    }

    List<DatabaseSettings> databases(Layers layers) {
        Set<String> servers = layers.namesIn("servers");
        List<DatabaseSettings> databases = new ArrayList<>();
        for (String name : layers.namesIn("databases")) {
            if (!Names.isFaulty("databases." + name, name, layers, faults)) {
                databases.add(database(name, servers));
            }
        }
        if (layers.namesIn("databases").isEmpty()) {
            faults.missing("databases", "at least one, each with " + KnownKeys.requiredIn("databases"));
        }
        return databases;
    }

    private DatabaseSettings database(String name, Set<String> servers) {
        Isolation isolation = values.read(SettingsTable.ISOLATION.of(name));
        String server = server(SettingsTable.DATABASE_SERVER.of(name), servers);
        return new DatabaseSettings(
                name,
                server,
                isolation,
                location(name, server, isolation),
                values.required(SettingsTable.MIGRATIONS.of(name)).orElse(Path.of("")),
                values.read(SettingsTable.JAVA_MIGRATIONS.of(name)),
                values.read(SettingsTable.OUT_OF_ORDER.of(name)),
                allow(SettingsTable.ALLOW.of(name), isolation));
    }

    /** The name as given, also of a server that does not exist. */
    private String server(Setting<String> setting, Set<String> servers) {
        String allowed = servers.isEmpty() ? setting.type().allowed() : String.join(", ", servers);
        values.required(setting.as(ValueType.text(servers::contains, "not the name of a server", allowed)));
        return given(setting);
    }

    private String location(String name, String server, Isolation isolation) {
        Setting<String> setting = SettingsTable.LOCATION.of(name);
        values.required(setting.as(LocationPattern.type(isolation)));
        Layers.Found found = values.find(setting);
        if (found == null || found.text().isBlank()) {
            return "";
        }
        String other = locations.putIfAbsent(server + "/" + found.text(), name);
        if (other != null && !server.isEmpty()) {
            faults.bad(
                    setting.key(),
                    found,
                    "on the same server databases." + other + " has it already",
                    "a location of its own");
        }
        return found.text();
    }

    private String given(Setting<?> setting) {
        Layers.Found found = values.find(setting);
        return found == null || found.text().isBlank() ? "" : found.text();
    }

    /** Scripts are judged with isolation schema only. With another one the setting has no effect: that is a fault. */
    private Set<String> allow(Setting<List<String>> setting, Isolation isolation) {
        Set<String> names = Set.copyOf(values.read(setting));
        Layers.@Nullable Found found = values.find(setting);
        if (found != null && !names.isEmpty() && isolation != Isolation.SCHEMA) {
            faults.bad(
                    setting.key(),
                    found,
                    "has no effect with isolation " + ValueType.word(isolation)
                            + ", where every script may reach outside its schema",
                    "only with isolation schema");
        }
        return names;
    }
}
