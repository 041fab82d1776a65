package io.tenantry.worker.housekeeping;

import io.tenantry.worker.registry.VersionCount;
import io.tenantry.worker.telemetry.WorkerMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the tenants of the fleet for metrics: at the start, then every 30 s. Has one thread of its own, so that no scrape
 * waits for the registry. If the registry cannot be asked, the last count is shown until four counts in a row have failed: two minutes if it refuses
 * at once, four if it does not answer. Then none is shown.
 */
public final class TenantCensus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TenantCensus.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final int MOST_FAILURES = 4;
    private static final String NO_VERSION = "none";

    /** Asks the registry. */
    public interface Count {
        /** How many tenants there are at each version of each database. */
        List<VersionCount> tenants() throws SQLException;

        /** How many tenants there are on each server that has a limit of them. */
        default List<WorkerMeters.PlacedTenants> placed() throws SQLException {
            return List.of();
        }
    }

    private final Count count;
    private final WorkerMeters meters;
    private final Consumer<Error> fatal;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tenant-census");
        thread.setDaemon(true);
        return thread;
    });

    private int failures;
    private boolean closed;

    /**
     * Starts counting.
     *
     * @param fatal called with an error after which the process must not go on
     */
    public TenantCensus(Count count, WorkerMeters meters, Consumer<Error> fatal) {
        this(count, meters, fatal, INTERVAL);
    }

    TenantCensus(Count count, WorkerMeters meters, Consumer<Error> fatal, Duration interval) {
        this.count = count;
        this.meters = meters;
        this.fatal = fatal;
        ScheduledFuture<?> unused =
                executor.scheduleWithFixedDelay(this::take, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void take() {
        try {
            Map<String, Map<String, Long>> byDatabase = new TreeMap<>();
            for (VersionCount next : count.tenants()) {
                byDatabase
                        .computeIfAbsent(next.database(), added -> new TreeMap<>())
                        .put(next.version() == null ? NO_VERSION : next.version(), next.tenants());
            }
            List<WorkerMeters.PlacedTenants> placed = count.placed();
            failures = 0;
            show(byDatabase, placed);
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        } catch (SQLException | RuntimeException | Error failure) {
            failed(failure);
        }
    }

    private void failed(Throwable failure) {
        failures++;
        if (failures == 1) {
            LOG.info(
                    "the tenants could not be counted ({}); tenantry_tenants shows the last count for two to four minutes, and"
                            + " then nothing until they can be counted again",
                    String.valueOf(failure.getMessage()));
        }
        if (failures == MOST_FAILURES) {
            show(Map.of(), List.of());
        }
    }

    private synchronized void show(Map<String, Map<String, Long>> byDatabase, List<WorkerMeters.PlacedTenants> placed) {
        if (!closed) {
            meters.tenants(byDatabase);
            meters.placed(placed);
        }
    }

    /** Stops counting, and shows no count any more. */
    @Override
    public void close() {
        executor.shutdownNow();
        synchronized (this) {
            // Under one lock: a count that ends now must not be shown in between.
            show(Map.of(), List.of());
            closed = true;
        }
    }
}
