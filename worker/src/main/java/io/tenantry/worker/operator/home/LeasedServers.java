package io.tenantry.worker.operator.home;

import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.lease.LeaseListener;
import io.tenantry.worker.registry.lease.LeaseTerms;
import io.tenantry.worker.registry.lease.Leases;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Servers on each of which this command may have one connection, or a few, within the cap of the workers' group. The command
 * is a member of the leases while it works, and of no consumer group. For one thread, and {@link #withConnection} and {@link
 * #close} for any.
 */
public final class LeasedServers implements AutoCloseable {
    private static final Duration UNLIMITED = Duration.ofDays(365);
    /** How long work waits for a lease that was lost. While it holds, others end one day. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    /** PostgreSQL cuts application names at 63 bytes, and others know the sessions by the name. */
    private static final int LONGEST_USER = 30;

    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Leases leases;
    private final Thread atExit = new Thread(this::give, "give-back-connections");
    private volatile @Nullable Throwable refusal;
    /** By server; guarded by this. */
    private final Map<String, Long> withoutLeaseSince = new HashMap<>();

    private boolean given;

    private LeasedServers(
            Registry registry, Settings settings, Collection<String> names, int most, Consumer<String> waiting) {
        Lease lease = new Lease(applicationName());
        SessionTimeouts timeouts = new SessionTimeouts(
                settings.worker().lockTimeout(), settings.worker().statementTimeout());
        for (String name : names) {
            ServerSettings server = Objects.requireNonNull(settings.servers().get(name));
            servers.put(name, new Server(server, timeouts, lease));
        }
        this.leases = new Leases(
                registry, settings.kafka().groupId(), lease, servers, LeaseTerms.atMost(most), new Waiting(waiting));
    }

    /** The same with one connection of each server at most. */
    public static LeasedServers lease(Access access, Collection<String> names, Consumer<String> waiting)
            throws OperationFailedException {
        return lease(access, names, 1, waiting);
    }

    /**
     * Waits until there is a connection of each of these servers.
     *
     * @param names of configured servers
     * @param most how many connections of each server are taken, if the workers can do without them: never more than an
     *     equal share
     * @param waiting told why there is none yet; called by another thread
     * @throws OperationFailedException if the registry cannot be used, or the command is interrupted
     */
    public static LeasedServers lease(Access access, Collection<String> names, int most, Consumer<String> waiting)
            throws OperationFailedException {
        Interruption interruption = access.interruption();
        interruption.arm();
        Registry registry = access.registry(opened -> opened);
        LeasedServers leased = new LeasedServers(registry, access.settings(), names, most, waiting);
        Runtime.getRuntime().addShutdownHook(leased.atExit);
        if (!names.isEmpty()) {
            interruption.listen(signal -> leased.leases.cancel());
            leased.leases.start();
            if (!leased.leases.await(UNLIMITED)) {
                leased.close();
                Throwable refused = leased.refusal;
                throw refused == null
                        ? interruption.failure("interrupted while waiting for a connection; nothing was done:"
                                + " give the command again when you want it")
                        : new OperationFailedException(
                                "the registry refuses a lease of a connection (" + refused.getMessage()
                                        + "); nothing was done: use a role with the workers' rights in the registry",
                                refused);
            }
        }
        return leased;
    }

    private static String applicationName() {
        String user = System.getProperty("user.name", "");
        return String.format(
                Locale.ROOT,
                "tenantry cli %s-%d-%08x",
                user.substring(0, Math.min(user.length(), LONGEST_USER)).replaceAll("[^A-Za-z0-9._-]", "_"),
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt());
    }

    /** What is done with a connection. */
    public interface Work<T> {
        /** May have one connection of this server open at a time. */
        T with(Server server) throws SQLException;
    }

    /**
     * Waits for one of the connections, and does the work. A lease that is lost for two minutes is not waited for any longer, by
     * nobody.
     *
     * @throws SQLException of the work, or if there is no connection
     */
    public <T> T withConnection(String name, Work<T> work) throws SQLException {
        Server server = server(name);
        ConnectionBulkhead.Permit permit = server.bulkhead().ask(ConnectionBulkhead.Use.COMMAND);
        try {
            await(permit, server);
            return work.with(server);
        } finally {
            permit.end();
        }
    }

    private void await(ConnectionBulkhead.Permit permit, Server server) throws SQLException {
        while (!permit.isHeld()) {
            CountDownLatch held = new CountDownLatch(1);
            permit.whenHeld(held::countDown);
            try {
                while (!held.await(1, TimeUnit.SECONDS)) {
                    requireLease(server);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new SQLTransientConnectionException("interrupted", stopped);
            }
        }
    }

    private synchronized void requireLease(Server server) throws SQLException {
        if (server.bulkhead().max() > 0) {
            withoutLeaseSince.remove(server.name());
            return;
        }
        long now = System.nanoTime();
        long since = withoutLeaseSince.computeIfAbsent(server.name(), name -> now);
        if (refusal != null || now - since > LONGEST_WAIT.toNanos()) {
            throw new SQLTransientConnectionException(
                    "the lease of the connections of server " + server.name() + " was lost"
                            + (refusal == null ? " for " + LONGEST_WAIT.toSeconds() + " s" : ""),
                    refusal);
        }
    }

    /**
     * One of the servers. At most one of its connections may be open at a time, and none while {@link #withConnection} is
     * used.
     */
    public Server server(String name) {
        return Objects.requireNonNull(servers.get(name));
    }

    /** Closes the connections, and gives the leases back. */
    @Override
    public void close() {
        give();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException isExiting) {
            // The hook runs, or has run.
        }
    }

    private synchronized void give() {
        if (!given) {
            given = true;
            servers.values().forEach(Server::close);
            leases.close();
        }
    }

    /** Called by the thread of the leases. */
    private final class Waiting implements LeaseListener {
        private final Consumer<String> told;

        Waiting(Consumer<String> told) {
            this.told = told;
        }

        @Override
        public void holds(boolean connections) {
            // A lost lease shows when the next connection is asked for.
        }

        @Override
        public void seatLost() {
            // The same.
        }

        @Override
        public void waits(String obstacle) {
            told.accept("waiting for a connection: " + obstacle);
        }

        /** What the registry refuses, as to a role that may only read, it refuses the next time too. */
        @Override
        public void failed(Throwable failure) {
            if (SqlFailure.of(failure) == SqlFailure.PERMANENT) {
                refusal = failure;
                leases.cancel();
            }
        }
    }
}
