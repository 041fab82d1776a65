package io.tenantry.worker.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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

    private record Probed(Outage outage, OutageProbe probe) {}

    private final Consumer<Error> fatal;
    private final List<Probed> all = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(OutageProbes::daemon);
    /** A probe may wait for long, and must not delay the others. */
    private final ExecutorService threads = Executors.newCachedThreadPool(OutageProbes::daemon);

    /** @param fatal told of an error after which the process must not go on */
    public OutageProbes(Consumer<Error> fatal) {
        this.fatal = fatal;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "outage-probe");
        thread.setDaemon(true);
        return thread;
    }

    /** From now on this outage is probed when nobody tries. */
    public void add(Outage outage, OutageProbe probe) {
        all.add(new Probed(outage, probe));
    }

    /** Begins; may be called once. */
    public void start() {
        var unused = clock.scheduleWithFixedDelay(
                () -> due().forEach(probe -> threads.execute(probe)),
                INTERVAL.toMillis(),
                INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** The probes that are to be run now; each waits for an answer. */
    List<Runnable> due() {
        return all.stream()
                .filter(next -> next.outage().claimUntried(UNTRIED))
                .<Runnable>map(next -> () -> probe(next))
                .toList();
    }

    private void probe(Probed next) {
        try {
            OutageProbe.Answer answer = next.probe().ask();
            if (answer instanceof OutageProbe.Answer.Back) {
                next.outage().back();
            } else if (answer instanceof OutageProbe.Answer.Away away) {
                next.outage().away(away.reason());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            LOG.debug("a probe failed", failure);
            next.outage().away(String.valueOf(failure.getMessage()));
        } catch (Error broken) {
            fatal.accept(broken);
            throw broken;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
