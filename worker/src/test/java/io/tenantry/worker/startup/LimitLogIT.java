package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.MigratedRegistry;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.CapturedLog;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LimitLogIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    @Test
    void aStartDoesNotWaitAndWarnsOfWhatIsNearAndOfNothingElse() {
        Deployment deployment = control.deployment().with("databases.users.max-tenants", "2");
        // Room for all of them, and for the one that ends sessions, but not for the registry's beside them.
        int room = Integer.parseInt(deployment.query("SHOW max_connections").get(0)) - 3;
        deployment.with("servers.main.max-connections", String.valueOf(room - 1));
        deployment.executeInRegistry("INSERT INTO tenantry.worker (group_id, application_name, expires_at) VALUES ('"
                + deployment.settings().kafka().groupId()
                + "', 'this', now() + interval '1 h'); INSERT INTO tenantry.tenant VALUES ('acme'); INSERT INTO tenantry.tenant_home"
                + " (tenant, database, server, location) VALUES ('acme', 'users', 'main', 'users_acme');"
                + " INSERT INTO tenantry.placement VALUES ('globex', 'users', 'main')");
        deployment.execute(
                "CREATE SCHEMA users_acme; COMMENT ON SCHEMA users_acme IS 'tenantry tenant=acme"
                        + " database=users'; CREATE TABLE users_acme.account (id int); CREATE TABLE users_acme.by_hand (id int)");
        Server server = new Server(
                Objects.requireNonNull(deployment.settings().servers().get("main")),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                "limits test");
        StartupChecks checks = new StartupChecks(deployment.settings());
        try (server;
                CapturedLog log = new CapturedLog(LimitLog.class, Level.INFO)) {
            checks.withLeases(Map.of("main", server), true);
            assertThat(checks.faults()).isEmpty();
            List<ConnectionBulkhead.Permit> all = IntStream.range(
                            0, server.bulkhead().max())
                    .mapToObj(number -> server.bulkhead().ask(ConnectionBulkhead.Use.RECLAIM))
                    .toList();
            try (LimitLog unused = checks.logLimits(control.registry(), Map.of("main", server), error -> {})) {
                Await.until(
                        PATIENCE, "the tenants are counted", () -> log.events().size() == 1);
                Await.until(PATIENCE, "the look waits for a connection", LimitLogIT::waits);
                assertThat(log.events()).hasSize(1);
                all.forEach(ConnectionBulkhead.Permit::end);
                Await.until(
                        PATIENCE,
                        "the server has a free connection, and is looked at",
                        () -> log.events().size() == 3);
            }

            assertThat(log.events())
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            tenants -> assertThat(tenants)
                                    .startsWith(
                                            "server main: tenants of database users: 2 tenants; the limit is 2: raise"
                                                    + " max-tenants"),
                            connections -> assertThat(connections)
                                    .startsWith(
                                            "server main: connections: servers.main.max-connections is " + (room - 1)
                                                    + ", and 1 to end sessions of dead workers, and 5 of the registry (1 worker), the"
                                                    + " same PostgreSQL; the limit is " + room),
                            tables -> assertThat(tables)
                                    .startsWith("server main: hand-made-tables: 1 name that no migration has:"
                                            + " users_acme.by_hand: compare the tenants"));
        }
    }

    /** Not for a session of PostgreSQL: that would be the look itself. */
    private static boolean waits() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("limits")
                        && thread.getKey().getState() == Thread.State.TIMED_WAITING)
                .map(thread -> Arrays.stream(thread.getValue())
                        .filter(frame -> frame.getClassName().equals(LimitLog.class.getName()))
                        .findFirst())
                .anyMatch(frame ->
                        frame.isPresent() && frame.get().getMethodName().equals("look"));
    }
}
