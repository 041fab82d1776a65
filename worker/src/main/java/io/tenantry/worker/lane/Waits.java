package io.tenantry.worker.lane;

import io.tenantry.worker.timing.GrowingInterval;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waiting tasks, with reason and start. While a task waits for a reason longer than {@link #FIRST_INTERVAL}, logs
 * one line for this reason, at a growing interval. Safe for use by many threads.
 */
public final class Waits {
    static final Duration FIRST_INTERVAL = Duration.ofSeconds(10);
    static final Duration LONGEST_INTERVAL = Duration.ofMinutes(5);
    private static final int NAMED = 5;
    private static final int LONGEST_SUBJECT = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Waits.class);

    private final LongSupplier nanoTime;
    private final Consumer<WaitReason> begun;
    private final IdentityHashMap<Task, Waiting> tasks = new IdentityHashMap<>();
    private final Map<WaitReason, Integer> counts = new EnumMap<>(WaitReason.class);
    private final Map<WaitReason, Said> said = new EnumMap<>(WaitReason.class);

    private static final class Waiting {
        private Wait wait;
        private final long since;
        private boolean waitsNow = true;

        private Waiting(Wait wait, long since) {
            this.wait = wait;
            this.since = since;
        }
    }

    private record Said(long at, GrowingInterval interval) {}

    /**
     * @param begun told of each wait that begins; a task that runs only to find that it has to wait on does not begin
     *     one
     */
    public Waits(Consumer<WaitReason> begun) {
        this(System::nanoTime, begun);
    }

    /** @param nanoTime as {@link System#nanoTime} */
    Waits(LongSupplier nanoTime, Consumer<WaitReason> begun) {
        this.nanoTime = nanoTime;
        this.begun = begun;
    }

    /** The task waits from now on. If it waited for the same reason before it ran, that wait continues. */
    synchronized void waits(Task task, Wait wait) {
        Waiting before = tasks.get(task);
        if (before != null && before.wait.reason() == wait.reason()) {
            before.wait = wait;
            if (!before.waitsNow) {
                before.waitsNow = true;
                counts.merge(wait.reason(), 1, Integer::sum);
            }
            return;
        }
        leave(before);
        tasks.put(task, new Waiting(wait, nanoTime.getAsLong()));
        counts.merge(wait.reason(), 1, Integer::sum);
        begun.accept(wait.reason());
    }

    /** The task runs, perhaps only to find whether its wait is over. */
    synchronized void runs(Task task) {
        leave(tasks.get(task));
    }

    /** The task has ended, or its lane has abandoned it. */
    synchronized void ended(Task task) {
        leave(tasks.remove(task));
    }

    private void leave(@Nullable Waiting waiting) {
        if (waiting != null && waiting.waitsNow) {
            waiting.waitsNow = false;
            counts.merge(waiting.wait.reason(), -1, Integer::sum);
        }
    }

    /** How many tasks wait now for this reason. */
    public synchronized int count(WaitReason reason) {
        return counts.getOrDefault(reason, 0);
    }

    /** Logs what is due; to be called every few seconds. */
    void report() {
        for (WaitReason reason : WaitReason.values()) {
            if (!reason.isOutage()) {
                report(reason);
            }
        }
    }

    private synchronized void report(WaitReason reason) {
        if (count(reason) == 0) {
            said.remove(reason);
            return;
        }
        long now = nanoTime.getAsLong();
        List<Map.Entry<Task, Waiting>> longest = longest(reason, now);
        if (longest.isEmpty()) {
            said.remove(reason);
            return;
        }
        Said last = said.get(reason);
        if (last != null && now - last.at() < last.interval().current().toNanos()) {
            return;
        }
        GrowingInterval next = last == null
                ? new GrowingInterval(FIRST_INTERVAL, LONGEST_INTERVAL)
                : last.interval().next();
        said.put(reason, new Said(now, next));
        LOG.warn(
                "{} of {} waiting requests wait because {}; the longest: {}; next message in {} s",
                count(reason),
                counts.values().stream().mapToInt(Integer::intValue).sum(),
                reason.text(),
                longest.stream().map(entry -> text(entry, now)).collect(Collectors.joining(", ")),
                next.current().toSeconds());
    }

    /** A few that have waited long enough to be named. */
    private List<Map.Entry<Task, Waiting>> longest(WaitReason reason, long now) {
        List<Map.Entry<Task, Waiting>> found = new ArrayList<>();
        for (Map.Entry<Task, Waiting> entry : tasks.entrySet()) {
            Waiting waiting = entry.getValue();
            if (waiting.waitsNow
                    && waiting.wait.reason() == reason
                    && now - waiting.since >= FIRST_INTERVAL.toNanos()) {
                // An entry of an identity map does not outlive the iteration.
                found.add(Map.entry(entry.getKey(), waiting));
            }
        }
        found.sort(Comparator.comparingLong(entry -> entry.getValue().since - now));
        return found.subList(0, Math.min(NAMED, found.size()));
    }

    private static String text(Map.Entry<Task, Waiting> entry, long now) {
        Waiting waiting = entry.getValue();
        return entry.getKey().lane() + " for "
                + Duration.ofNanos(now - waiting.since).toSeconds() + " s (" + firstLine(waiting.wait.subject()) + ")";
    }

    private static String firstLine(String subject) {
        String line = subject.lines().findFirst().orElse("");
        return line.length() <= LONGEST_SUBJECT ? line : line.substring(0, LONGEST_SUBJECT);
    }
}
