package io.tenantry.worker.config.read;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
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
        List<DatabaseSettings> databases = new ArrayList<>();
        for (String name : layers.namesIn("databases")) {
            if (!Names.isFaulty("databases." + name, name, layers, faults)) {
                databases.add(database(name, layers));
            }
        }
        if (layers.namesIn("databases").isEmpty()) {
            faults.missing(
                    "databases", "at least one, each with server (or servers), " + KnownKeys.requiredIn("databases"));
        }
        return databases;
    }

    private DatabaseSettings database(String name, Layers layers) {
        Isolation isolation = values.read(SettingsTable.ISOLATION.of(name));
        List<ServerShare> servers = new ServerShareReader(name, layers, values, faults).read(isolation);
        return new DatabaseSettings(
                name,
                servers,
                isolation,
                location(name, servers, isolation),
                values.required(SettingsTable.MIGRATIONS.of(name)).orElse(Path.of("")),
                values.read(SettingsTable.JAVA_MIGRATIONS.of(name)),
                values.read(SettingsTable.OUT_OF_ORDER.of(name)),
                allow(SettingsTable.ALLOW.of(name), isolation),
                drift(name));
    }

    private DriftRules drift(String name) {
        return new DriftRules(
                values.read(SettingsTable.VERIFY_AFTER.of(name)),
                values.read(SettingsTable.DRIFT_EXCLUDE.of(name)).stream()
                        .map(Glob::new)
                        .toList());
    }

    private String location(String name, List<ServerShare> servers, Isolation isolation) {
        Setting<String> setting = SettingsTable.LOCATION.of(name);
        values.required(setting.as(LocationPattern.type(isolation)));
        Layers.Found found = values.find(setting);
        if (found == null || found.text().isBlank()) {
            return "";
        }
        for (ServerShare share : servers) {
            String other = locations.putIfAbsent(share.server() + "/" + found.text(), name);
            if (other != null && !share.server().isEmpty()) {
                faults.bad(
                        setting.key(),
                        found,
                        "on the same server databases." + other + " has it already",
                        "a location of its own");
            }
        }
        return found.text();
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
