package io.tenantry.worker.registry.lease;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A worker of the group, or a command that works beside them for a while, as the registry knows it.
 *
 * @param applicationName of its sessions at the servers
 * @param overdue how long ago its lease expired, as this worker has seen it; zero if it has not
 * @param fenced whether it can never renew its lease again; its sessions are being ended
 * @param most how many connections of each server a command wants at most; null for a worker, which takes its share
 * @param holdings by server
 */
record Member(
        String applicationName,
        Duration overdue,
        boolean fenced,
        @Nullable Integer most,
        Map<String, Holding> holdings) {
    /**
     * What it has of one server.
     *
     * @param cap of the server as this worker is configured
     * @param connections that it may have open
     */
    record Holding(int cap, int connections) {}

    Member {
        holdings = Map.copyOf(holdings);
    }

    /** Whether its lease has not expired. */
    boolean isLive() {
        return !fenced && overdue.isZero();
    }

    int connections(String server) {
        Holding holding = holdings.get(server);
        return holding == null ? 0 : holding.connections();
    }

    boolean holdsAny() {
        return holdings.values().stream().anyMatch(holding -> holding.connections() > 0);
    }
}
