package io.tenantry.worker.stack;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits for a condition, and never longer than a deadline. */
public final class Await {
    private static final long SHORTEST_PAUSE = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMillis(100).toNanos();

    private Await() {}

    /** Something that becomes true. An exception means: not yet. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns as soon as the condition holds. The condition is asked at least once, on this thread: every 20 ms
     * at first, then less and less often, up to every 100 ms, because many conditions connect to a server.
     *
     * @param what completes the sentence "gave up waiting until …"
     * @throws AssertionError after the deadline, with the condition's last exception as its cause; and at once when
     *     this thread is interrupted, which stays interrupted
     */
    public static void until(Duration deadline, String what, Condition condition) {
        long begin = System.nanoTime();
        long end = begin + deadline.toNanos();
        Exception last;
        do {
            last = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                last = e;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw gaveUp("interrupted while waiting until " + what, last);
            }
            LockSupport.parkNanos(pauseAfter(System.nanoTime() - begin));
        } while (System.nanoTime() < end);
        throw gaveUp("gave up waiting until " + what + " after " + deadline.toMillis() + " ms", last);
    }

    /** A tenth of what was waited: the wait is hardly longer for it. */
    private static long pauseAfter(long waited) {
        return Math.min(Math.max(waited / 10, SHORTEST_PAUSE), LONGEST_PAUSE);
    }

    private static AssertionError gaveUp(String message, @Nullable Exception cause) {
        return new AssertionError(cause == null ? message : message + ": " + cause, cause);
    }
}
