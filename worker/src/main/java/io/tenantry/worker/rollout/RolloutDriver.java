package io.tenantry.worker.rollout;

import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.telemetry.Outage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the rollouts of the partitions that this worker owns, from the registry. It has one thread; what the poll thread
 * gives it and takes from it lies in its {@link Desk}.
 *
 * <p>A turn takes over new partitions, executes verbs, moves rollouts on, and reads the outbox. While attempts are unanswered
 * a turn begins every 20 ms: their results reach the rollout through the registry alone, whichever worker ran them.
 */
public final class RolloutDriver implements Rollouts, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutDriver.class);
    private static final Duration BUSY = Duration.ofMillis(20);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final Desk desk = new Desk();
    private final RolloutWork work;
    private final Outage outage;
    private final Consumer<Error> fatal;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts its thread.
     *
     * @param work done in the registry
     * @param outage of the registry
     * @param fatal told of an error after which the process must not go on
     */
    public RolloutDriver(RolloutWork work, Outage outage, Consumer<Error> fatal) {
        this.work = work;
        this.outage = outage;
        this.fatal = fatal;
        this.thread = new Thread(this::run, "rollouts");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    @Override
    public void arrived(Map<Integer, OptionalLong> partitions) {
        desk.arrived(partitions);
    }

    @Override
    public void left(Set<Integer> partitions) {
        desk.left(partitions);
    }

    @Override
    public void receive(Verb verb) {
        desk.receive(verb);
    }

    @Override
    public void drain() {
        desk.drain();
    }

    @Override
    public boolean isIdle() {
        return desk.isIdle();
    }

    @Override
    public List<Answered> takeAnswered() {
        return desk.takeAnswered();
    }

    @Override
    public boolean hasOutgoing() {
        return desk.hasOutgoing();
    }

    @Override
    public List<Outgoing> takeOutgoing(int limit) {
        return desk.takeOutgoing(limit);
    }

    @Override
    public void published(List<Outgoing> outgoing) {
        desk.published(outgoing);
    }

    @Override
    public void refused(Outgoing outgoing, String reason) {
        desk.refused(outgoing, reason);
    }

    @Override
    public boolean isActive() {
        return desk.isActive();
    }

    private void run() {
        try {
            while (!closed) {
                desk.await(turn());
            }
        } catch (InterruptedException stop) {
            LOG.debug("the rollouts end", stop);
        }
    }

    /** How long to wait before the next turn, unless something is received. */
    private Duration turn() {
        Duration pause = outage.pause().orElse(null);
        if (pause != null) {
            return pause;
        }
        try {
            boolean busy = work.turn(desk);
            outage.back();
            return busy ? BUSY : IDLE;
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        } catch (SQLException failure) {
            if (SqlFailure.of(failure) == SqlFailure.SERVER_AWAY) {
                outage.away(String.valueOf(failure.getMessage()));
                return outage.pauseLeft().orElse(IDLE);
            }
            outage.back();
            LOG.warn("rollouts wait: the registry refuses a step, which is tried again", failure);
            return IDLE;
        } catch (RuntimeException | Error bug) {
            outage.back();
            LOG.error("a bug: a turn of the rollouts failed; the next one follows", bug);
            return IDLE;
        }
    }

    /** Stops the thread; another worker goes on where the registry says. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
