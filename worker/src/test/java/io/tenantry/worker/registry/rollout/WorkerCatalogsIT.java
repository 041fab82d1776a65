package io.tenantry.worker.registry.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.registry.rollout.AdvertisedCatalog.Database;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WorkerCatalogsIT {
    private static final Database USERS = new Database("2.10", Map.of("2.9", "a", "2.10", "b"));
    private static final Database VIEWS = new Database(null, Map.of());

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private final WorkerCatalogs catalogs = new WorkerCatalogs();

    @Test
    void thoseOfLiveWorkersInTheOrderInWhichTheyJoined() throws SQLException {
        worker("w2", false, 1);
        worker("w1", false, 1);
        worker("older", false, 3);
        worker("fenced", true, 1);
        worker("waits", false, 0);
        worker("waitsAgain", false, 0);
        write("w2", Map.of("users", USERS, "gone", USERS));
        write("w2", Map.of("users", USERS, "views", VIEWS));
        write("w1", Map.of("users", USERS));
        write("fenced", Map.of("users", USERS));
        write("waitsAgain", Map.of("users", USERS));
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.worker (group_id, application_name, expires_at) VALUES ('other',"
                                + " 'stranger', now())");

        worker("command", false, 1);
        control.deployment()
                .executeInRegistry(
                        "UPDATE tenantry.worker SET most_connections = 1 WHERE application_name = 'command'");

        assertThat(live())
                .as("one that has never had a connection has no migrations yet, and takes no requests")
                .containsExactly(
                        new AdvertisedCatalog("w2", Map.of("users", USERS, "views", VIEWS)),
                        new AdvertisedCatalog("w1", Map.of("users", USERS)),
                        new AdvertisedCatalog("older", Map.of()),
                        new AdvertisedCatalog("waitsAgain", Map.of("users", USERS)));
    }

    private void worker(String name, boolean fenced, int connections) {
        control.deployment()
                .executeInRegistry("INSERT INTO tenantry.worker (group_id, application_name, expires_at, fenced) VALUES"
                        + " ('group', '" + name + "', now() - interval '1 day', " + fenced
                        + "); INSERT INTO tenantry.connection_lease VALUES ('group', '" + name + "', 'main', 3, "
                        + connections + ")");
    }

    private void write(String worker, Map<String, Database> databases) throws SQLException {
        boolean unused = control.registry().inTransaction(connection -> {
            catalogs.write(connection, "group", worker, databases);
            return true;
        });
    }

    private List<AdvertisedCatalog> live() throws SQLException {
        return control.registry().inTransaction(connection -> catalogs.live(connection, "group"));
    }
}
