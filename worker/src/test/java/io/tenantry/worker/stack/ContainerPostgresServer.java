package io.tenantry.worker.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container of its public image. */
final class ContainerPostgresServer implements PostgresServer {
    private final FixedPortContainer container;
    private final int port;
    private boolean closed;

    private ContainerPostgresServer(FixedPortContainer container, int port) {
        this.container = container;
        this.port = port;
    }

    static ContainerPostgresServer start(Map<String, String> more) {
        List<String> command = new ArrayList<>();
        command.add("postgres");
        ServerConfig.forTests(more).forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
        });
        int port = FreePort.pick();
        PostgreSQLContainer postgres = new PostgreSQLContainer(ServerImages.POSTGRES)
                .withUsername("postgres")
                .withPassword("postgres");
        postgres.setCommand(command.toArray(String[]::new));
        ContainerPostgresServer server = new ContainerPostgresServer(
                FixedPortContainer.start(postgres, Map.of(PostgreSQLContainer.POSTGRESQL_PORT, port)), port);
        server.awaitReady();
        return server;
    }

    private void awaitReady() {
        PostgresProbe.awaitAnswer(this, container::isRunning);
        if (!container.isRunning()) {
            IllegalStateException failure = container.failure("the PostgreSQL container ended while it started");
            close();
            throw failure;
        }
    }

    @Override
    public String host() {
        return FixedPortContainer.host();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public synchronized void stop(ShutdownMode mode) {
        container.stop(mode.signal());
    }

    @Override
    public synchronized void startAgain() {
        container.startAgain();
        awaitReady();
    }

    @Override
    public List<Long> pids() {
        return List.of();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            container.close();
        }
    }
}
