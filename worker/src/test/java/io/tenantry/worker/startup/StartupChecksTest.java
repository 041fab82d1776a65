package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.DriftSettings;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.HttpSettings;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.WorkerSettings;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StartupChecksTest {
    /** Each server answers when all have been asked, by closing the connection; a check that waits for one times out. */
    @Test
    void serversAreAskedAtOnce() throws IOException {
        CyclicBarrier allAreAsked = new CyclicBarrier(3);
        try (Listener first = new Listener(allAreAsked);
                Listener second = new Listener(allAreAsked);
                Listener third = new Listener(allAreAsked)) {
            Map<String, ServerSettings> settings = new LinkedHashMap<>();
            List.of(first, second, third)
                    .forEach(listener -> settings.put("s" + settings.size(), listener.settings("s" + settings.size())));
            StartupChecks checks = new StartupChecks(settings(settings));
            Map<String, Server> servers = new LinkedHashMap<>();
            settings.forEach((name, server) -> servers.put(name, server(server)));

            checks.withLeases(servers, false);

            assertThat(checks.faults()).hasSize(3).noneMatch(fault -> fault.contains("timed out"));
            assertThat(IntStream.range(0, 3).mapToObj(number -> checks.faults().get(number)))
                    .as("in the order of the configuration")
                    .satisfiesExactly(
                            fault -> assertThat(fault).startsWith("server s0: "),
                            fault -> assertThat(fault).startsWith("server s1: "),
                            fault -> assertThat(fault).startsWith("server s2: "));
            servers.values().forEach(Server::close);
        }
    }

    private static Server server(ServerSettings settings) {
        return new Server(
                settings, new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO), Lease.endless("startup checks"));
    }

    private static Settings settings(Map<String, ServerSettings> servers) {
        Secret none = new Secret("");
        return new Settings(
                new KafkaSettings("nowhere:1", "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of()),
                new RegistrySettings("jdbc:postgresql://nowhere/", "nobody", none, 1, Duration.ofDays(1)),
                servers,
                List.of(),
                new WorkerSettings(
                        1, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO),
                new RetrySettings(3, Duration.ofMillis(1), Duration.ofMillis(1), null),
                new DriftSettings(null, 10),
                new HttpSettings("localhost", 0));
    }

    private static final class Listener implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final CyclicBarrier allAreAsked;

        Listener(CyclicBarrier allAreAsked) throws IOException {
            this.allAreAsked = allAreAsked;
            Thread thread = new Thread(this::answer, "listener");
            thread.setDaemon(true);
            thread.start();
        }

        ServerSettings settings(String name) {
            return new ServerSettings(
                    name,
                    "jdbc:postgresql://localhost:" + socket.getLocalPort() + "/db?sslmode=disable",
                    "nobody",
                    new Secret(""),
                    4);
        }

        private void answer() {
            try (Socket asked = socket.accept()) {
                allAreAsked.await(30, TimeUnit.SECONDS);
            } catch (Exception closed) {
                // The test is over.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
