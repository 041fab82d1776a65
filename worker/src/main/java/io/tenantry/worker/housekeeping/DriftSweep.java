package io.tenantry.worker.housekeeping;

import io.tenantry.worker.config.DriftSettings;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.drift.record.DriftRecorder;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.drift.DriftQueue;
import io.tenantry.worker.registry.drift.DriftTable;
import io.tenantry.worker.telemetry.DriftMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares homes with what their migrations make, at low priority: samples of those that were just onboarded or upgraded, and,
 * if there is a sweep, all homes of the fleet in turn. A home waits while all connections of its server are used; its requests
 * go first. Has one thread of its own. {@link #sample} may be called by any thread.
 */
public final class DriftSweep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriftSweep.class);
    /** While nothing is due, and while a server is busy. */
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** After a failure of the registry. */
    private static final Duration LONG_PAUSE = Duration.ofSeconds(5);

    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(30);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private final Parts parts;
    private final DueHomes due;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private boolean isCounted;
    private long countedNanos;
    private volatile double oldestSeconds = Double.NaN;

    /**
     * What it works with.
     *
     * @param databases all that are configured, by name
     * @param checks how a home is compared; empty if it cannot be, since its database or server is not configured
     * @param isDraining whether the worker ends: then no further look begins
     * @param fatal called with an error after which the process must not go on
     */
    public record Parts(
            DriftSettings settings,
            List<String> databases,
            Map<String, Server> servers,
            Function<TenantHome, Optional<HomeCheck>> checks,
            DriftQueue queue,
            DriftRecorder recorder,
            DriftMeters meters,
            BooleanSupplier isDraining,
            Consumer<Error> fatal) {}

    /** Starts. The homes of the sweep come from {@code due}, as those of samples do. */
    public DriftSweep(Parts parts, DueHomes due) {
        this.parts = parts;
        this.due = due;
        Duration interval = parts.settings().sweep();
        parts.meters().databases(parts.databases(), CheckOutcome.labels());
        parts.meters().sweep(interval == null ? Double.NaN : interval.toSeconds(), () -> oldestSeconds);
        this.thread = new Thread(this::run, "drift-sweep");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** A home was just onboarded or upgraded; never blocks. */
    public void sample(TenantHome home) {
        if (!due.sample(home)) {
            parts.meters().checked(home.database(), DriftMeters.DROPPED);
        }
    }

    private void run() {
        try {
            Duration pause = Duration.ZERO;
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = turn();
            }
        } catch (InterruptedException stop) {
            LOG.debug("comparing homes ends", stop);
        } catch (OutOfMemoryError | LinkageError broken) {
            parts.fatal().accept(broken);
            throw broken;
        }
    }

    /** How long to wait before the next one. */
    private Duration turn() {
        try {
            count();
            if (parts.isDraining().getAsBoolean()) {
                return PAUSE;
            }
            Optional<DueHomes.Due> next = due.next();
            return next.isPresent() ? look(next.get()) : due.untilNext(PAUSE);
        } catch (SQLException failure) {
            // The registry: one that is away has log lines of its own.
            LOG.debug("homes are not compared now", failure);
            return LONG_PAUSE;
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error("a bug: a home could not be compared with its migrations; the next one follows", bug);
            return LONG_PAUSE;
        }
    }

    private Duration look(DueHomes.Due next) throws SQLException {
        TenantHome home = next.home();
        Server server = parts.servers().get(home.server());
        Optional<HomeCheck> check = parts.checks().apply(home);
        if (server == null || check.isEmpty()) {
            String reason = (server == null ? "servers." + home.server() : "databases." + home.database())
                    + " is not in the configuration of the workers: add it, or remove the home";
            record(home, parts.recorder().now(), new Verdict.Unreadable(reason, false));
            return Duration.ZERO;
        }
        if (due.isAway(next)) {
            count(home, due.afterNothing(next));
            return due.shortestGap();
        }
        ConnectionBulkhead.Permit permit = server.bulkhead().ask(ConnectionBulkhead.Use.SWEEP);
        try {
            if (!permit.isHeld()) {
                count(home, due.again(next));
            } else {
                look(next, server, check.get());
            }
        } finally {
            permit.end();
        }
        return due.shortestGap();
    }

    private void count(TenantHome home, boolean isKept) {
        if (!isKept) {
            parts.meters().checked(home.database(), DriftMeters.DROPPED);
        }
    }

    private void look(DueHomes.Due next, Server server, HomeCheck check) throws SQLException {
        TenantHome home = next.home();
        Instant begunAt = parts.recorder().now();
        long begun = System.nanoTime();
        Verdict verdict = check.of(server, home);
        parts.meters().took(home.database(), Duration.ofNanos(System.nanoTime() - begun));
        record(home, begunAt, verdict);
        if (verdict instanceof Verdict.Unreadable unreadable && unreadable.serverAway()) {
            due.foundAway(next);
        }
        if (verdict.hasSeenNothing()) {
            count(home, due.afterNothing(next));
        }
    }

    private void record(TenantHome home, Instant begunAt, Verdict verdict) throws SQLException {
        parts.meters().checked(home.database(), CheckOutcome.of(verdict).label());
        tell(home, parts.recorder().record(home, begunAt, verdict));
    }

    private static void tell(TenantHome home, DriftTable.Recorded recorded) {
        if (recorded == DriftTable.Recorded.BEGUN) {
            LOG.warn(
                    "{}, database {}: {} {} on server {} is not what its migrations make, so somebody has changed it by hand;"
                            + " `tenantry drift` shows what differs",
                    home.owner(),
                    home.database(),
                    home.kind(),
                    home.location(),
                    home.server());
        } else if (recorded == DriftTable.Recorded.CLEARED) {
            LOG.info("{}, database {}: the home is what its migrations make again", home.owner(), home.database());
        }
    }

    /** Tells the meters what the registry has, now and then. */
    private void count() throws SQLException {
        if (isCounted && System.nanoTime() - countedNanos < COUNT_INTERVAL.toNanos()) {
            return;
        }
        isCounted = true;
        countedNanos = System.nanoTime();
        Map<String, Long> drifted = new TreeMap<>();
        parts.databases().forEach(database -> drifted.put(database, 0L));
        drifted.putAll(parts.queue().drifted());
        parts.meters().drifted(drifted);
        if (parts.settings().sweep() != null) {
            oldestSeconds = due.refresh().oldest().toMillis() / 1000.0;
        }
    }

    /** Stops, and waits up to a second for a look in progress. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
