package io.tenantry.worker.request.run;

import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a request does, and since when. Safe for use by many threads. */
final class Activity {
    private static final String QUEUED = "queued";
    /** In UTF-16 units. */
    private static final int LONGEST_DETAIL = 200;

    private final LongSupplier nanoTime;
    private Now now;
    /** What it waited for before it ran; shown again if it ran only to find that it must go on waiting. */
    private Now before;

    /**
     * What it does at one time.
     *
     * @param reason what it waits for; null if it runs
     * @param session process id; null if it has none
     * @param script tells the one that runs, or an empty text; null if it does not run on a home
     */
    record Now(
            boolean running,
            long sinceNanos,
            @Nullable String server,
            @Nullable String reason,
            @Nullable String detail,
            @Nullable Integer session,
            @Nullable Supplier<String> script) {}

    /** It waits behind others of its lane, or for a thread. */
    Activity(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.now = new Now(false, nanoTime.getAsLong(), null, QUEUED, null, null, null);
        this.before = now;
    }

    synchronized void runs() {
        before = now;
        now = new Now(true, nanoTime.getAsLong(), now.server(), null, null, null, null);
    }

    synchronized void session(String server, int pid, Supplier<String> script) {
        now = new Now(true, now.sinceNanos(), server, null, null, pid, script);
    }

    /** If it waited for the same reason before it ran, that wait goes on. */
    synchronized void waits(Wait wait) {
        String reason = wait.reason().tag();
        boolean goesOn = reason.equals(before.reason());
        boolean namesServer = wait.reason() == WaitReason.SERVER_AWAY || wait.reason() == WaitReason.NO_CONNECTION;
        now = new Now(
                false,
                goesOn ? before.sinceNanos() : nanoTime.getAsLong(),
                namesServer ? wait.subject() : now.server(),
                reason,
                firstLine(wait.subject()),
                null,
                null);
    }

    private static String firstLine(String subject) {
        String line = subject.lines().findFirst().orElse("");
        return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL);
    }

    synchronized Now now() {
        return now;
    }
}
