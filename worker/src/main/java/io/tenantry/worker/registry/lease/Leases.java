package io.tenantry.worker.registry.lease;

import io.tenantry.worker.postgres.connection.DedicatedConnection;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.lease.Membership.State;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages this worker's share of the servers' connections, which belong to the group together: takes it, renews it
 * every second, gives back what others need, and ends the sessions of dead workers. Safe for use by many threads.
 */
public final class Leases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final Duration LOG_AGAIN = Duration.ofSeconds(30);
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    private final Map<String, Server> servers;
    private final Lease lease;
    private final LeaseTerms terms;
    private final LeaseListener listener;
    private final Membership membership;
    private final Advertisement advertisement;
    private final DeadWorkerReaper reaper;
    private final DedicatedConnection own;
    private final Thread thread = new Thread(this::run, "leases");
    private final Object lock = new Object();
    private boolean woken;
    private boolean cancelled;
    private boolean closed;
    private boolean holding;
    private boolean failing;
    private boolean everHeld;
    private long waitingSince = System.nanoTime();
    private long lastLog;
    private String lastObstacle = "";

    /**
     * A share of the servers' connections, for a worker of this group; {@link #start} asks for it. It is renewed on a
     * connection of its own: nothing else is sent on it, so no other work delays renewals.
     *
     * @param registry for work that may wait
     * @param servers by name
     */
    public Leases(
            Registry registry,
            String group,
            Lease lease,
            Map<String, Server> servers,
            LeaseTerms terms,
            LeaseListener listener) {
        this.servers = Map.copyOf(servers);
        this.lease = lease;
        this.terms = terms;
        this.listener = listener;
        LeaseTable table = new LeaseTable(group);
        this.own = registry.dedicatedConnection(terms.longestAnswer());
        this.advertisement = new Advertisement(group);
        this.membership = new Membership(own, table, lease, this.servers, terms, advertisement);
        this.reaper = new DeadWorkerReaper(registry, table, this.servers, terms, this::wake);
        thread.setDaemon(true);
    }

    /**
     * Tells the other workers which migrations this one has, with the next renewal and whenever it joins again. Until then no
     * rollout starts. A command beside the workers has none.
     *
     * @param databases by name
     */
    public void advertise(Map<String, AdvertisedCatalog.Database> databases) {
        advertisement.set(databases);
        wake();
    }

    /** Joins the group; returns at once. */
    public void start() {
        thread.start();
    }

    /** Waits for connections of every server; false if they do not come in time, or {@link #cancel} was called. */
    public boolean await(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (lock) {
            while (!holding && !cancelled) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    break;
                }
                try {
                    lock.wait(Math.min(left, TimeUnit.HOURS.toMillis(1)));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return holding && !cancelled;
        }
    }

    /** Ends all waits in {@link #await}; the leases are still renewed. */
    public void cancel() {
        synchronized (lock) {
            cancelled = true;
            lock.notifyAll();
        }
    }

    private void run() {
        while (true) {
            try {
                membership.renew();
                renewed();
            } catch (SQLException failure) {
                failed(failure);
            } catch (OutOfMemoryError | LinkageError broken) {
                throw broken;
            } catch (RuntimeException | Error bug) {
                LOG.error("the leases of connections cannot be renewed: this is a bug, and it is tried again", bug);
                failed(bug);
            }
            if (!pause(
                    membership.state() == State.HOLDING && !membership.givesBack() ? terms.renewal() : terms.soon())) {
                return;
            }
        }
    }

    private void renewed() {
        if (failing) {
            failing = false;
            LOG.info("the leases of connections are renewed again");
        }
        reaper.look(membership.members(), membership.name());
        boolean now = membership.state() == State.HOLDING && lease.holds();
        tell(now);
        if (now) {
            everHeld = true;
            lastObstacle = "";
        } else if (membership.state() == State.WAITING) {
            explain();
            if (everHeld && System.nanoTime() - waitingSince > terms.lease().toNanos()) {
                everHeld = false;
                listener.seatLost();
            }
        }
    }

    private void tell(boolean now) {
        synchronized (lock) {
            if (holding && !now) {
                waitingSince = System.nanoTime();
            }
            holding = now;
            lock.notifyAll();
        }
        listener.holds(now);
    }

    /** The others give back unused connections within a moment: until then nothing is logged. */
    private void explain() {
        long now = System.nanoTime();
        String obstacle = new Shares(membership.members()).obstacle(membership.name());
        boolean again = now - lastLog > LOG_AGAIN.toNanos() || !obstacle.equals(lastObstacle);
        if (again && now - waitingSince > terms.renewal().multipliedBy(2).toNanos()) {
            lastObstacle = obstacle;
            lastLog = now;
            listener.waits(obstacle);
        }
    }

    private void failed(Throwable failure) {
        if (!failing) {
            failing = true;
            LOG.warn(
                    "the leases of connections cannot be renewed ({}); if that lasts for {} s, nothing new is begun at any"
                            + " server until they are",
                    failure.getMessage(),
                    terms.lease().toSeconds());
        }
        listener.failed(failure);
        if (!lease.holds()) {
            tell(false);
            servers.values().forEach(Server::closeConnections);
        }
    }

    private boolean pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        synchronized (lock) {
            while (!woken && !closed) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    break;
                }
                try {
                    lock.wait(left);
                } catch (InterruptedException interrupted) {
                    return false;
                }
            }
            woken = false;
            return !closed;
        }
    }

    private void wake() {
        synchronized (lock) {
            woken = true;
            lock.notifyAll();
        }
    }

    /**
     * Leaves the group. Close the servers first: sessions that are still open a few seconds later are ended by other
     * workers.
     */
    @Override
    public void close() {
        cancel();
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        reaper.close();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(GOODBYE.toMillis());
            long end = System.nanoTime() + GOODBYE.toNanos();
            for (Server server : servers.values()) {
                server.awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
            if (!thread.isAlive()) {
                membership.leave();
            }
        } catch (SQLException away) {
            LOG.info(
                    "could not write to the registry that this worker ends ({}); its connections are free in {} s",
                    away.getMessage(),
                    terms.lease().toSeconds());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            own.close();
        }
    }
}
