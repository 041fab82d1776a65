package io.tenantry.worker.housekeeping;

import io.tenantry.worker.postgres.BlockingSession;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.RolloutTransactions;
import io.tenantry.worker.registry.rollout.Blocker;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.request.run.RolloutActivities;
import io.tenantry.worker.request.run.RolloutActivities.Lasting;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the registry, every 5 s, what the oldest requests of rollouts in this worker wait for, and asks their
 * servers which sessions block those that run. Nothing is asked or written while all are younger than 10 s. Has one
 * thread of its own.
 */
public final class RolloutWaitReport implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutWaitReport.class);
    /** From the end of a report to the next one. */
    public static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final int MOST = 20;

    private final Parts parts;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "rollout-waits");
        thread.setDaemon(true);
        return thread;
    });

    /** Whether the registry may have rows of this worker. */
    private boolean written = true;

    /**
     * What it works with.
     *
     * @param group the consumer group
     * @param worker the application name of the worker's sessions, which may change
     * @param fatal called with an error after which the process must not go on
     */
    public record Parts(
            RolloutActivities activities,
            Map<String, Server> servers,
            RolloutTransactions rollouts,
            String group,
            Supplier<String> worker,
            Consumer<Error> fatal) {}

    /** Starts. The first report comes after the first interval. */
    public RolloutWaitReport(Parts parts, Duration interval) {
        this.parts = parts;
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(
                this::report, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void report() {
        try {
            List<Lasting> oldest = parts.activities().oldest(MOST);
            if (oldest.isEmpty() && !written) {
                return;
            }
            List<RolloutWait> waits = withBlockers(oldest);
            parts.rollouts().writeWaits(parts.group(), parts.worker().get(), waits);
            written = !waits.isEmpty();
        } catch (OutOfMemoryError | LinkageError broken) {
            parts.fatal().accept(broken);
            throw broken;
        } catch (SQLException | RuntimeException | Error failure) {
            // The next one is soon; a registry that is away has log lines of its own.
            LOG.debug("what requests of rollouts wait for could not be written", failure);
        }
    }

    private List<RolloutWait> withBlockers(List<Lasting> lasting) {
        Map<String, List<Integer>> sessions = lasting.stream()
                .filter(next -> next.session() != null && next.row().server() != null)
                .collect(Collectors.groupingBy(
                        next -> String.valueOf(next.row().server()),
                        Collectors.mapping(next -> Objects.requireNonNull(next.session()), Collectors.toList())));
        Map<String, List<BlockingSession>> answers = new HashMap<>();
        sessions.forEach((server, pids) -> answers.put(server, ask(server, pids)));
        return lasting.stream()
                .map(next -> next.session() == null
                        ? next.row()
                        : withBlockers(
                                next.row(),
                                answers.getOrDefault(String.valueOf(next.row().server()), List.of()).stream()
                                        .filter(one -> Objects.equals(one.blocked(), next.session()))
                                        .toList()))
                .toList();
    }

    private List<BlockingSession> ask(String name, List<Integer> pids) {
        @Nullable Server server = parts.servers().get(name);
        try {
            return server == null ? List.of() : server.blocking(pids);
        } catch (SQLException failure) {
            LOG.debug("server {} does not say which sessions block which", name, failure);
            return List.of();
        }
    }

    private static RolloutWait withBlockers(RolloutWait wait, List<BlockingSession> sessions) {
        @Nullable String statement = sessions.isEmpty() ? null : sessions.get(0).statement();
        return wait.with(
                statement,
                sessions.stream()
                        .filter(session -> session.pid() != null)
                        .map(session -> new Blocker(
                                Objects.requireNonNull(session.pid()),
                                session.application(),
                                session.user(),
                                session.state(),
                                session.seconds(),
                                session.query()))
                        .toList());
    }

    /** Stops. What was written goes with the worker's row. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
