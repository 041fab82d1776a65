package io.tenantry.worker.request.run;

import io.tenantry.worker.lane.Task;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RolloutRequests;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the requests of rollouts do in this worker, from the making of their tasks to their end. Safe for use by many threads. */
public final class RolloutActivities {
    private static final Duration YOUNGEST = Duration.ofSeconds(10);

    private final RolloutRequests requests;
    private final Supplier<String> worker;
    private final LongSupplier nanoTime;
    private final Map<Request, Activity> inProgress = new ConcurrentHashMap<>();

    /**
     * An activity that has lasted for a while.
     *
     * @param session the process id of its session at the server; null if it has none
     */
    public record Lasting(RolloutWait row, @Nullable Integer session) {}

    /**
     * Knows of no request yet.
     *
     * @param worker the application name of the worker's sessions, which may change
     * @param nanoTime as {@link System#nanoTime}
     */
    public RolloutActivities(RolloutRequests requests, Supplier<String> worker, LongSupplier nanoTime) {
        this.requests = requests;
        this.worker = worker;
        this.nanoTime = nanoTime;
    }

    /** Whether a rollout has sent it. */
    boolean include(Request request) {
        return requests.include(request.ref(), request.data());
    }

    /** The same task, observed if a rollout has sent its request. */
    Task observed(Request request, Task task) {
        if (!include(request)) {
            return task;
        }
        Activity activity = new Activity(nanoTime);
        inProgress.put(request, activity);
        return new ObservedTask(task, activity, () -> inProgress.remove(request));
    }

    /**
     * The request works on a home in this session.
     *
     * @param script the file name of the script that runs, or an empty text; asked by any thread
     */
    void session(Request request, String server, int pid, Supplier<String> script) {
        Activity activity = inProgress.get(request);
        if (activity != null) {
            activity.session(server, pid, script);
        }
    }

    /** Those that have waited, or run, for 10 s or longer; the oldest first, and at most so many. */
    public List<Lasting> oldest(int limit) {
        return inProgress.entrySet().stream()
                .flatMap(next -> lasting(next.getKey(), next.getValue()))
                .sorted(Comparator.comparing((Lasting lasting) -> lasting.row().age())
                        .reversed())
                .limit(limit)
                .toList();
    }

    private Stream<Lasting> lasting(Request request, Activity activity) {
        Activity.Now now = activity.now();
        @Nullable Supplier<String> running = now.script();
        String script = running == null ? "" : running.get();
        Duration age = Duration.ofNanos(nanoTime.getAsLong() - now.sinceNanos());
        if (age.compareTo(YOUNGEST) < 0) {
            return Stream.empty();
        }
        return Stream.of(new Lasting(
                new RolloutWait(
                        String.valueOf(request.data().rollout()),
                        request.data().tenant() == null,
                        request.key(),
                        worker.get(),
                        now.server(),
                        now.running(),
                        age,
                        now.reason(),
                        script.isEmpty() ? now.detail() : script,
                        List.of()),
                now.session()));
    }
}
