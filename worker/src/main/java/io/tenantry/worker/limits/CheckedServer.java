package io.tenantry.worker.limits;

import io.tenantry.worker.config.Isolation;
import java.util.List;

/**
 * A server that is looked at.
 *
 * @param name in the configuration
 * @param cap the connections of all workers together
 * @param databases those with homes there
 * @param before what was looked at before in the same round; the look adds what this server takes
 */
public record CheckedServer(String name, int cap, List<CheckedDatabase> databases, SamePostgres before) {
    /** A server that is looked at alone. */
    public CheckedServer(String name, int cap, List<CheckedDatabase> databases) {
        this(name, cap, databases, new SamePostgres());
    }

    public CheckedServer {
        databases = List.copyOf(databases);
    }

    /** The names of the databases whose migrations could not be read. */
    List<String> unread() {
        return databases.stream()
                .filter(database -> database.mayMake() == null)
                .map(database -> database.settings().name())
                .toList();
    }

    /** What a look at the schemas of the server's database leaves out, as the end of a sentence; empty if that is nothing. */
    String leftOut() {
        return databases.stream().anyMatch(database -> database.settings().isolation() == Isolation.DATABASE)
                ? "; databases of tenants are not looked at: the command drift compares them"
                : "";
    }
}
