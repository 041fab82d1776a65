package io.tenantry.worker.housekeeping;

import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.RolloutTransactions;
import io.tenantry.worker.registry.drift.ReferenceTable;
import io.tenantry.worker.telemetry.SettlingMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes ledger entries that are older than the retention, rollouts that ended before that, and references that homes were not compared with for 90 days:
 * shortly after the start, then every few minutes, in small
 * batches with pauses, so that settling hardly slows down. Every worker does so; workers skip each other's rows. While
 * the registry is away, nothing is deleted. Has one thread of its own.
 */
public final class LedgerPruning implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerPruning.class);
    private static final Pace PACE = new Pace(Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofMillis(100));
    private static final int BATCH = 500;
    /** A reference that is deleted too early is made again, unless the scripts of its homes are gone. */
    private static final Duration UNUSED_REFERENCES = Duration.ofDays(90);

    /**
     * How often it prunes, with random parts, so that workers that start together do not prune together.
     *
     * @param firstWait the longest wait from the start to the first time
     * @param interval between two times, on average
     * @param pause between two batches
     */
    record Pace(Duration firstWait, Duration interval, Duration pause) {
        Duration first() {
            return random(Duration.ZERO, firstWait);
        }

        Duration next() {
            return random(interval.dividedBy(2), interval.multipliedBy(3).dividedBy(2));
        }

        private static Duration random(Duration from, Duration to) {
            return Duration.ofMillis(ThreadLocalRandom.current().nextLong(from.toMillis(), to.toMillis() + 1));
        }
    }

    private final Registry registry;
    private final RolloutTransactions rollouts;
    private final ReferenceTable references;
    private final Duration retention;
    private final SettlingMeters meters;
    private final Consumer<Error> fatal;
    private final Pace pace;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * Starts pruning.
     *
     * @param retention older rows are deleted
     * @param fatal called with an error after which the process must not go on
     */
    public LedgerPruning(Registry registry, Duration retention, SettlingMeters meters, Consumer<Error> fatal) {
        this(registry, retention, meters, fatal, PACE);
    }

    LedgerPruning(Registry registry, Duration retention, SettlingMeters meters, Consumer<Error> fatal, Pace pace) {
        this.pace = pace;
        this.registry = registry;
        this.rollouts = new RolloutTransactions(registry);
        this.references = new ReferenceTable(registry);
        this.retention = retention;
        this.meters = meters;
        this.fatal = fatal;
        this.thread = new Thread(this::run, "ledger-pruning");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void run() {
        try {
            Duration wait = pace.first();
            while (!isClosedAfter(wait)) {
                prune();
                wait = pace.next();
            }
        } catch (InterruptedException stop) {
            LOG.debug("pruning ends", stop);
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        }
    }

    /** Deletes all rows that are old enough now. */
    private void prune() throws InterruptedException {
        int rows = 0;
        try {
            int batch;
            do {
                batch = registry.pruneLedger(retention, BATCH);
                meters.ledgerPruned(batch);
                rows += batch;
            } while (batch == BATCH && !isClosedAfter(pace.pause()));
            if (batch < BATCH && pruneRollouts()) {
                meters.pruningEnded();
            }
        } catch (SQLException away) {
            LOG.info(
                    "the ledger could not be pruned ({}); it grows until the next attempt, in about {} min",
                    away.getMessage(),
                    pace.interval().toMinutes());
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error(
                    "a bug: pruning the ledger failed; the next attempt is in about {} min",
                    pace.interval().toMinutes(),
                    bug);
        }
        if (rows > 0) {
            LOG.info("deleted {} rows of the ledger, older than {} h", rows, retention.toHours());
        }
    }

    /** False if it was closed before all was done. */
    private boolean pruneRollouts() throws InterruptedException, SQLException {
        references.prune(UNUSED_REFERENCES);
        while (rollouts.prune(retention, BATCH)) {
            if (isClosedAfter(pace.pause())) {
                return false;
            }
        }
        return true;
    }

    private boolean isClosedAfter(Duration wait) throws InterruptedException {
        return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops it, and waits up to a second for a batch in progress. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(Duration.ofSeconds(1).toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
