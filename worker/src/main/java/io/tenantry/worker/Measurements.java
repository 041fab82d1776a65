package io.tenantry.worker;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.telemetry.ConnectionMeters;
import io.tenantry.worker.telemetry.LibraryMeters;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import io.tenantry.worker.telemetry.WorkerMeters;
import java.util.List;

/** Connects meters with what they measure from the start of a worker to its end. */
final class Measurements {
    private Measurements() {}

    /**
     * Starts measuring.
     *
     * @param registry the same that the meters have
     */
    static void begin(Resources resources, MeterRegistry registry) {
        Meters meters = resources.meters();
        WorkerMeters worker = meters.worker();
        worker.health(resources.health());
        worker.registryAway(() -> isAway(resources.registryOutage()));
        worker.kafkaAway(() -> isAway(resources.kafkaOutage()) || isAway(resources.publishOutage()));
        resources.serverOutages().forEach((server, outage) -> worker.serverAway(server, () -> isAway(outage)));
        connections(resources, meters.connections());
        libraries(resources, new MicrometerMetricsTrackerFactory(registry));
        meters.requests().retryReasons(List.of(SqlFailure.TRANSIENT.label(), SqlFailure.SERVER_AWAY.label()));
        meters.settling().deadLetterCodes(List.of(ErrorCode.INVALID_EVENT.code(), ErrorCode.INTERNAL.code()));
    }

    private static void libraries(Resources resources, MetricsTrackerFactory pools) {
        LibraryMeters libraries = resources.meters().libraries();
        libraries.jvm();
        resources.registry().pool().measureBy(pools);
        for (Server server : resources.servers().values()) {
            server.measureBy(pools);
            libraries.bulkhead(server.bulkhead().permits());
        }
    }

    private static boolean isAway(Outage outage) {
        return outage.since().isPresent();
    }

    private static void connections(Resources resources, ConnectionMeters meters) {
        resources
                .servers()
                .forEach((name, server) -> meters.server(
                        name,
                        server.bulkhead()::available,
                        server.bulkhead()::max,
                        server::connections,
                        server.bulkhead().cap()));
    }
}
