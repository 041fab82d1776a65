package io.tenantry.worker.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends outages that no request would end. A request that needs what is away tries it again and again. If its work has
 * moved to another worker, or none is left, nobody tries, and the worker would never be ready again. So what nobody
 * tries is probed, at the outage's own growing pauses.
 */
public final class OutageProbes implements AutoCloseable {
    /** Requests go first: if there are any, they try within this time after a pause. */
    static final Duration UNTRIED = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(OutageProbes.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** @param asking whether a thread asks now; it may take longer than the outage's claim lasts */
    private record Probed(Outage outage, OutageProbe probe, AtomicBoolean asking) {}

    private final Consumer<Error> fatal;
    private final List<Probed> all = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(OutageProbes::daemon);
    /** A probe may wait for long, and must not delay the others. */
    private final ExecutorService threads;

    /** @param fatal told of an error after which the process must not go on */
    public OutageProbes(Consumer<Error> fatal) {
        this(fatal, OutageProbes::daemon);
    }

    /** @param threads makes those of the probes */
    OutageProbes(Consumer<Error> fatal, ThreadFactory threads) {
        this.fatal = fatal;
        this.threads = Executors.newCachedThreadPool(threads);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "outage-probe");
        thread.setDaemon(true);
        return thread;
    }

    /** From now on this outage is probed when nobody tries. */
    public void add(Outage outage, OutageProbe probe) {
        all.add(new Probed(outage, probe, new AtomicBoolean()));
    }

    /** Begins; may be called once. */
    public void start() {
        var unused = clock.scheduleWithFixedDelay(
                this::askDue, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The clock runs it again only if it throws nothing. */
    void askDue() {
        try {
            due().forEach(threads::execute);
        } catch (RuntimeException failure) {
            if (!threads.isShutdown()) {
                LOG.error("a bug: what is away could not be probed; the next probe is due in some seconds", failure);
            }
        } catch (Error broken) {
            fatal.accept(broken);
            throw broken;
        }
    }

    /** The probes that are to be run now; each waits for an answer. */
    List<Runnable> due() {
        return all.stream()
                .filter(next -> !next.asking().get() && next.outage().claimUntried(UNTRIED))
                .<Runnable>map(next -> () -> probe(next))
                .toList();
    }

    private void probe(Probed next) {
        if (!next.asking().compareAndSet(false, true)) {
            return;
        }
        try {
            OutageProbe.Answer answer = next.probe().ask();
            if (answer instanceof OutageProbe.Answer.Back) {
                next.outage().back();
            } else if (answer instanceof OutageProbe.Answer.Away away) {
                next.outage().away(away.reason());
            } else {
                next.outage().untried();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            LOG.debug("a probe failed", failure);
            next.outage().away(String.valueOf(failure.getMessage()));
        } catch (Error broken) {
            fatal.accept(broken);
            throw broken;
        } finally {
            next.asking().set(false);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
