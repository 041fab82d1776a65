package io.tenantry.worker.registry.lease;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Permit;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead.Use;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** As much of a worker as has to do with leases, with quick ones. */
final class LeasingWorker implements AutoCloseable, LeaseListener {
    private static final LeaseTerms QUICK = new LeaseTerms(Duration.ofSeconds(2), Duration.ofMillis(200));

    private final Map<Connection, Permit> permits = new HashMap<>();
    private final Registry registry;
    private final Lease lease;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Leases leases;
    private final AtomicInteger seatsLost = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();
    private volatile String obstacle = "";
    private volatile boolean holds;
    private boolean dead;

    LeasingWorker(
            Deployment deployment, RegistrySettings settings, String group, String name, Map<String, Integer> caps) {
        this(deployment, settings, group, name, caps, QUICK);
    }

    LeasingWorker(
            Deployment deployment,
            RegistrySettings settings,
            String group,
            String name,
            Map<String, Integer> caps,
            LeaseTerms terms) {
        this.registry = new Registry(settings, "registry of " + name);
        this.lease = new Lease(name);
        PostgresServer postgres = deployment.stack().postgres();
        caps.forEach((server, cap) -> servers.put(
                server,
                new Server(
                        new ServerSettings(
                                server,
                                postgres.jdbcUrl(deployment.tenantDatabase()),
                                postgres.user(),
                                new Secret(postgres.password()),
                                cap),
                        new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                        lease)));
        this.leases = new Leases(registry, group, lease, servers, terms, this);
    }

    void start() {
        leases.start();
    }

    /** Says that it has one version. */
    void advertise(String database, String version) {
        leases.advertise(Map.of(database, new AdvertisedCatalog.Database(version, Map.of(version, "f" + version))));
    }

    String name() {
        return lease.applicationName();
    }

    int share(String server) {
        return server(server).bulkhead().max();
    }

    boolean await(Duration atMost) {
        return leases.await(atMost);
    }

    boolean holds() {
        return holds;
    }

    /** How often it had connections, and then might not use them. */
    int losses() {
        return losses.get();
    }

    /** What it does with the registry otherwise. */
    Registry registry() {
        return registry;
    }

    /** What it waited for last. */
    String obstacle() {
        return obstacle;
    }

    int seatsLost() {
        return seatsLost.get();
    }

    /** Begins work that needs a connection, so many times. */
    List<Connection> use(String name, int connections) throws SQLException {
        List<Connection> used = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Permit permit = server(name).bulkhead().ask(Use.RECLAIM);
            if (!permit.isHeld()) {
                throw new IllegalStateException("no permit");
            }
            Connection connection = server(name).dataSource().getConnection();
            permits.put(connection, permit);
            used.add(connection);
        }
        return used;
    }

    /** Ends such work. */
    void finish(String name, Connection connection) throws SQLException {
        connection.close();
        Objects.requireNonNull(permits.remove(connection), name).end();
    }

    /** Whether work could begin. */
    boolean tryAcquire(String name) {
        Permit permit = server(name).bulkhead().ask(Use.RECLAIM);
        boolean held = permit.isHeld();
        permit.end();
        return held;
    }

    /** Reaches the registry no more, and leaves its sessions as they are: as when it is stopped. */
    void dies() {
        dead = true;
        registry.close();
    }

    private Server server(String name) {
        return Objects.requireNonNull(servers.get(name));
    }

    @Override
    public void holds(boolean connections) {
        if (holds && !connections) {
            losses.incrementAndGet();
        }
        holds = connections;
    }

    @Override
    public void seatLost() {
        seatsLost.incrementAndGet();
    }

    @Override
    public void waits(String reason) {
        obstacle = reason;
    }

    @Override
    public void close() {
        servers.values().forEach(Server::close);
        leases.close();
        if (!dead) {
            registry.close();
        }
    }
}
