package io.tenantry.worker.registry.lease;

import io.tenantry.worker.postgres.ForeignSessions;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the sessions of dead workers, and releases their connections when the last session is gone. */
final class DeadWorkerReaper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadWorkerReaper.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(30);
    private static final Duration ONE_TRY = Duration.ofSeconds(10);

    private final Registry registry;
    private final LeaseTable table;
    private final Map<String, Server> servers;
    private final LeaseTerms terms;
    private final Runnable freed;
    private final Set<List<String>> underWay = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "dead-worker");
        thread.setDaemon(true);
        return thread;
    });

    /** @param freed called when connections have become free */
    DeadWorkerReaper(
            Registry registry, LeaseTable table, Map<String, Server> servers, LeaseTerms terms, Runnable freed) {
        this.registry = registry;
        this.table = table;
        this.servers = servers;
        this.terms = terms;
        this.freed = freed;
    }

    private interface Opening {
        Connection open() throws SQLException;
    }

    /** Begins to end the sessions for which it is this worker's turn; returns at once. */
    void look(List<Member> members, String self) {
        for (Member dead : members) {
            if (dead.fenced()) {
                dead.holdings().forEach((name, holding) -> {
                    Server server = servers.get(name);
                    if (server != null && holding.connections() > 0) {
                        look(members, self, dead, server);
                    }
                });
            }
        }
    }

    /**
     * The oldest member with connections of the server does it; if that does not help, the next one, and so on. If no
     * member has any, the oldest one that waits for some does it.
     */
    private void look(List<Member> members, String self, Member dead, Server server) {
        List<String> living = members.stream()
                .filter(member -> member.isLive() && member.holdings().containsKey(server.name()))
                .map(Member::applicationName)
                .toList();
        List<String> holders = members.stream()
                .filter(member -> member.isLive() && member.connections(server.name()) > 0)
                .map(Member::applicationName)
                .toList();
        int turn = holders.isEmpty() ? living.indexOf(self) : holders.indexOf(self);
        if (turn < 0 || dead.overdue().compareTo(terms.renewal().multipliedBy(turn)) < 0) {
            return;
        }
        List<String> task = List.of(dead.applicationName(), server.name());
        if (!underWay.add(task)) {
            return;
        }
        if (holders.isEmpty()) {
            begin(task, () -> {}, () -> endSessions(task, server::connectBeyondShare));
        } else {
            ConnectionBulkhead.Permit permit = server.bulkhead().ask(ConnectionBulkhead.Use.RECLAIM);
            permit.whenHeld(() -> withPermit(task, server, permit));
        }
    }

    private void withPermit(List<String> task, Server server, ConnectionBulkhead.Permit permit) {
        if (closed.getCount() > 0 && permit.isHeld()) {
            begin(task, permit::end, () -> endSessions(task, () -> server.connection()));
        } else {
            permit.end();
            underWay.remove(task);
        }
    }

    private void begin(List<String> task, Runnable afterwards, Runnable work) {
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } finally {
                    afterwards.run();
                    underWay.remove(task);
                }
            });
        } catch (RejectedExecutionException ended) {
            afterwards.run();
            underWay.remove(task);
        }
    }

    private void endSessions(List<String> task, Opening opening) {
        String dead = task.get(0);
        String server = task.get(1);
        try (Connection connection = opening.open()) {
            if (!awaitGone(connection, dead)) {
                LOG.warn(
                        "sessions of the dead worker {} at server {} were terminated, and have not ended yet; its connections"
                                + " stay taken until they have: look for them in pg_stat_activity",
                        dead,
                        server);
                return;
            }
            registry.inTransaction(own -> {
                table.lock(own);
                table.free(own, dead, server);
                return true;
            });
            LOG.info(
                    "worker {} is dead and its sessions are gone: its connections to server {} are free", dead, server);
            freed.run();
        } catch (SQLException failure) {
            LOG.warn(
                    "the sessions of the dead worker {} at server {} could not be terminated ({}); its connections stay taken,"
                            + " and it is tried again: all workers of a group need the same role there",
                    dead,
                    server,
                    failure.getMessage());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitGone(Connection connection, String dead) throws SQLException, InterruptedException {
        long end = System.nanoTime() + ONE_TRY.toNanos();
        while (ForeignSessions.end(connection, dead) > 0) {
            if (System.nanoTime() - end > 0 || closed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed.countDown();
        threads.shutdown();
    }
}
