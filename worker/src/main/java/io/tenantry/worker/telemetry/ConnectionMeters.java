package io.tenantry.worker.telemetry;

import java.util.function.IntSupplier;

/** The connections to servers. Gauges, asked at every scrape by the scraping thread. */
public final class ConnectionMeters {
    private static final String SERVER = "server";

    private final Gauges gauges;

    ConnectionMeters(Gauges gauges) {
        this.gauges = gauges;
    }

    /**
     * The connections to a server.
     *
     * @param available those of this worker's share that are free
     * @param share this worker's share of the server's cap, which changes as workers come and go
     * @param open those that the server has from this worker, idle ones included
     * @param cap what the whole group may have
     */
    public void server(String server, IntSupplier available, IntSupplier share, IntSupplier open, int cap) {
        gauges.count(
                "tenantry.connections.available", "Free connections of this worker's share", available, SERVER, server);
        gauges.count(
                "tenantry.connections.share", "This worker's share of the server's connections", share, SERVER, server);
        gauges.count(
                "tenantry.connections.open", "Connections that the server has from this worker", open, SERVER, server);
        gauges.count(
                "tenantry.connections.cap", "Connections that the whole group may have", () -> cap, SERVER, server);
    }
}
