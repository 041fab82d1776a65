package io.tenantry.worker.config.read;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerShare;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the servers of one named database: {@code server} or {@code servers}, and the limits of tenants. */
final class ServerShareReader {
    private final String database;
    private final Layers layers;
    private final TypedValues values;
    private final Faults faults;
    /** The names of all servers in the settings. */
    private final Set<String> servers;

    ServerShareReader(String database, Layers layers, TypedValues values, Faults faults) {
        this.database = database;
        this.layers = layers;
        this.values = values;
        this.faults = faults;
        this.servers = layers.namesIn("servers");
    }

    /** At least one, in the order of the file. One that does not exist is a fault, and is returned as given. */
    List<ServerShare> read(Isolation isolation) {
        Setting<String> single = SettingsTable.DATABASE_SERVER.of(database);
        OptionalInt most = most(isolation);
        Set<String> named = layers.namesIn(section());
        if (named.isEmpty()) {
            return List.of(new ServerShare(server(single), most));
        }
        checkChoice(single, isolation);
        List<ServerShare> shares = new ArrayList<>();
        for (String name : named) {
            checkExists(name);
            OptionalInt own = values.read(SettingsTable.SERVER_MAX_TENANTS.of(database, name));
            shares.add(new ServerShare(name, own.isPresent() ? own : most));
        }
        return shares;
    }

    private String section() {
        return "databases." + database + ".servers";
    }

    /** Tenants of a shared database have no home of their own. There the setting has no effect: that is a fault. */
    private OptionalInt most(Isolation isolation) {
        Setting<OptionalInt> setting = SettingsTable.MAX_TENANTS.of(database);
        OptionalInt most = values.read(setting);
        Layers.Found found = values.find(setting);
        if (found != null && most.isPresent() && isolation == Isolation.SHARED) {
            faults.bad(
                    setting.key(),
                    found,
                    "has no effect with isolation shared, where no tenant has a home of its own",
                    "only with isolation schema or database");
        }
        return most;
    }

    private void checkChoice(Setting<String> single, Isolation isolation) {
        Layers.Found found = values.find(single);
        if (found != null && !found.text().isBlank()) {
            faults.bad(single.key(), found, "given together with servers", "server or servers, not both");
        }
        if (isolation == Isolation.SHARED) {
            faults.add(
                    section(),
                    layers.originOf(section()),
                    "isolation shared has one home, on one server; allowed: server in place of servers");
        }
    }

    private void checkExists(String name) {
        if (!servers.contains(name)) {
            String key = section() + "." + name;
            faults.add(key, layers.originOf(key), "not the name of a server; allowed: " + allowed());
        }
    }

    private String server(Setting<String> setting) {
        values.required(setting.as(ValueType.text(servers::contains, "not the name of a server", allowed())));
        Layers.Found found = values.find(setting);
        return found == null || found.text().isBlank() ? "" : found.text();
    }

    private String allowed() {
        return servers.isEmpty() ? SettingsTable.DATABASE_SERVER.type().allowed() : String.join(", ", servers);
    }
}
