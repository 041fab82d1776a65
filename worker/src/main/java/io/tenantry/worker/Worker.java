package io.tenantry.worker;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.registry.lease.LeaseListener;
import io.tenantry.worker.registry.lease.LeaseTerms;
import io.tenantry.worker.registry.lease.Leases;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.startup.LimitLog;
import io.tenantry.worker.startup.ProvenCatalogs;
import io.tenantry.worker.startup.StartupChecks;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.HttpEndpoint;
import io.tenantry.worker.telemetry.OutageProbes;
import io.tenantry.worker.timing.GrowingInterval;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of one worker: it starts, works while it has connections, drains and ends. */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    /** A full group has no room until another member leaves. */
    private static final GrowingInterval FIRST_REJOIN =
            new GrowingInterval(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private static final Duration UNLIMITED = Duration.ofDays(36500);
    /** The wait for connections of a start that has failed, and only looks for further faults. */
    private static final Duration WAIT_OF_FAILED_START = Duration.ofSeconds(5);

    private final Settings settings;
    private final Consumer<Error> fatal;
    private final Resources resources;
    private final Health health;
    private final Leases leases;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile @Nullable RequestPipeline pipeline;
    private GrowingInterval rejoin = FIRST_REJOIN;
    /** Another worker must do this one's work, until this one has connections again. */
    private volatile boolean seatLost;
    /** The connections were taken away since this was set to false. */
    private volatile boolean shareTaken;

    /**
     * Connects to nothing yet.
     *
     * @param fatal called with an error after which the process must not go on
     */
    public Worker(Settings settings, Consumer<Error> fatal) {
        this(settings, fatal, bound -> ThreadLocalRandom.current().nextInt(bound));
    }

    /**
     * The same.
     *
     * @param random a number from 0 to below its argument: which homes are compared for {@code verify-after: sample}
     */
    public Worker(Settings settings, Consumer<Error> fatal, IntUnaryOperator random) {
        this(settings, fatal, random, LeaseTerms.standard());
    }

    Worker(Settings settings, Consumer<Error> fatal, IntUnaryOperator random, LeaseTerms terms) {
        this.settings = settings;
        this.fatal = fatal;
        this.resources = new Resources(settings, random);
        this.health = resources.health();
        this.leases = new Leases(
                resources.registry(),
                settings.kafka().groupId(),
                resources.lease(),
                resources.servers(),
                terms,
                new Share());
    }

    /** Names this worker in results. */
    public String id() {
        return resources.id();
    }

    /**
     * Checks that everything is there, and works until {@link #close}.
     *
     * @return what keeps it from working, one line each; empty after a regular end
     */
    public List<String> run() {
        StartupChecks checks = new StartupChecks(settings);
        try {
            checks.beforeLeases(resources.registry());
            try (HttpEndpoint http =
                            new HttpEndpoint(settings.http(), resources.meterRegistry(), health, List.of(), fatal);
                    OutageProbes unused = resources.probeOutages(fatal)) {
                LOG.info("worker {} starts, metrics and health at {}", id(), http.address());
                workWhenChecked(checks);
            } catch (UncheckedIOException taken) {
                checks.fault("http: " + taken.getMessage());
                lease(checks);
            }
            return closed ? List.of() : checks.faults();
        } finally {
            resources.closeServers();
            leases.close();
            resources.registry().close();
            resources.closeMeters();
            ended.countDown();
        }
    }

    private void workWhenChecked(StartupChecks checks) {
        // The connections may have been lost during the checks.
        if (!lease(checks) || !leases.await(UNLIMITED)) {
            return;
        }
        leases.advertise(advertised(checks.catalogs().byDatabase()));
        try (LimitLog unused = checks.logLimits(resources.registry(), resources.servers(), fatal)) {
            boolean expelled;
            do {
                expelled = work(checks.catalogs());
                health.ready(false);
            } while (rejoinPause(expelled) && leases.await(UNLIMITED));
        }
    }

    /** What a rollout may bring homes to. */
    private static Map<String, AdvertisedCatalog.Database> advertised(Map<String, MigrationCatalog> catalogs) {
        Map<String, AdvertisedCatalog.Database> databases = new HashMap<>();
        catalogs.forEach((name, catalog) -> databases.put(
                name,
                new AdvertisedCatalog.Database(
                        catalog.head().orElse(null),
                        catalog.versionFingerprints().byVersion())));
        return databases;
    }

    /** Works as a member of the group; returns whether the group has expelled this worker. */
    private boolean work(ProvenCatalogs catalogs) {
        RequestPipeline next = new RequestPipeline(resources, catalogs, fatal);
        pipeline = next;
        if (closed || seatLost) {
            next.stop();
        }
        try {
            next.run();
        } finally {
            pipeline = null;
        }
        return next.isExpelled();
    }

    /** Waits before a new consumer joins in place of one that was expelled; false if it shall not join. */
    private boolean rejoinPause(boolean expelled) {
        if (!expelled) {
            rejoin = FIRST_REJOIN;
            return true;
        }
        Duration pause = rejoin.current();
        rejoin = rejoin.next();
        LOG.error(
                "worker {} is no member of group {} any more, for the reason above; it joins again in {} s",
                id(),
                settings.kafka().groupId(),
                pause.toSeconds());
        try {
            return !closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes a share of the servers' connections, waits for it if need be, and uses it to check the servers. */
    private boolean lease(StartupChecks checks) {
        boolean leased = false;
        Duration patience = checks.faults().isEmpty() ? UNLIMITED : WAIT_OF_FAILED_START;
        if (checks.registryAnswers()) {
            leases.start();
            leased = leases.await(patience);
        }
        if (leased) {
            checkServers(checks, patience);
        } else if (!checks.registryAnswers()) {
            checks.withLeases(resources.servers(), false);
        }
        return leased && checks.faults().isEmpty();
    }

    /**
     * A check that failed because the connections were taken away proves nothing about servers and scripts: it is
     * repeated.
     */
    private void checkServers(StartupChecks checks, Duration patience) {
        boolean lost;
        do {
            shareTaken = false;
            checks.withLeases(resources.servers(), true);
            lost = (shareTaken || !resources.lease().holds()) && !closed;
            if (lost) {
                LOG.warn(
                        "worker {} lost its connections while it checked servers and migrations; it checks them again when"
                                + " it has connections",
                        id());
            }
        } while (lost && leases.await(patience));
    }

    private final class Share implements LeaseListener {
        @Override
        public void holds(boolean connections) {
            if (connections) {
                seatLost = false;
                health.clear(Health.Condition.CONNECTIONS);
            } else {
                shareTaken = true;
                health.raise(Health.Condition.CONNECTIONS);
            }
        }

        @Override
        public void seatLost() {
            LOG.warn(
                    "worker {} leaves group {} until it has connections again",
                    id(),
                    settings.kafka().groupId());
            // In this order: a worker that starts sets its pipeline first, and reads this afterwards.
            seatLost = true;
            stopPipeline();
        }

        @Override
        public void waits(String obstacle) {
            LOG.warn("this worker waits for connections, and takes no requests: {}", obstacle);
        }
    }

    private void stopPipeline() {
        RequestPipeline current = pipeline;
        if (current != null) {
            current.stop();
        }
    }

    /**
     * Drains, and waits for the end, a little longer than {@code worker.drain-timeout} at most. May be called again.
     */
    @Override
    public void close() {
        health.raise(Health.Condition.DRAINING);
        closed = true;
        closing.countDown();
        leases.cancel();
        stopPipeline();
        try {
            Duration patience = settings.worker().longestStop();
            if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("worker {} did not end in {} s; it is left as it is", id(), patience.toSeconds());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
