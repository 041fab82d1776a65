package io.tenantry.worker.telemetry;

import io.tenantry.worker.timing.GrowingInterval;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether something that the worker needs is away. Logs it at a growing interval, and says how long to leave it alone.
 * Safe for use by many threads.
 */
public final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final GrowingInterval FIRST_PAUSE =
            new GrowingInterval(Duration.ofMillis(200), Duration.ofSeconds(5));
    private static final GrowingInterval FIRST_LOG_INTERVAL =
            new GrowingInterval(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(10);

    private final String what;
    private final String consequence;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Consumer<Boolean> listener;
    /** For messages; null while it is not away, and then the fields below mean nothing. */
    private @Nullable Instant since;

    private long sinceNanos;
    private long pauseEndsNanos;
    private boolean probing;
    private GrowingInterval pause = FIRST_PAUSE;
    private long nextLogNanos;
    private GrowingInterval logInterval = FIRST_LOG_INTERVAL;

    /**
     * @param what is away, as in "server main"
     * @param consequence of that, as in "its tenants wait"
     * @param clock for times that are shown
     * @param nanoTime for everything that is waited for, because a clock may step; as {@link System#nanoTime}
     * @param listener told true when it goes away and false when it is back, by the thread that notices
     */
    public Outage(String what, String consequence, Clock clock, LongSupplier nanoTime, Consumer<Boolean> listener) {
        this.what = what;
        this.consequence = consequence;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.listener = listener;
    }

    /**
     * How long to leave it alone; empty if the caller may try now. While it is away, only one caller at a time gets an
     * empty answer: that caller must try, and call {@link #away} or {@link #back} within 10 s. Then another one may
     * try.
     */
    public synchronized Optional<Duration> pause() {
        if (since == null) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        if (now - pauseEndsNanos < 0) {
            return Optional.of(Duration.ofNanos(pauseEndsNanos - now));
        }
        beginProbe();
        return Optional.empty();
    }

    /**
     * Whether it is away, and nobody has tried for so long since the pause was over. Then the caller must try, as after
     * an empty answer of {@link #pause}.
     */
    synchronized boolean claimUntried(Duration atLeast) {
        if (since == null || nanoTime.getAsLong() - pauseEndsNanos < atLeast.toNanos()) {
            return false;
        }
        beginProbe();
        return true;
    }

    /** The caller had to try, and could not: another one may try now. */
    synchronized void untried() {
        if (since != null && probing) {
            probing = false;
            pauseEndsNanos = nanoTime.getAsLong();
        }
    }

    private void beginProbe() {
        probing = true;
        pauseEndsNanos = nanoTime.getAsLong() + LONGEST_PROBE.toNanos();
    }

    /** How much of the pause is left; empty if none is. Unlike {@link #pause} this gives no permission to try. */
    public synchronized Optional<Duration> pauseLeft() {
        long left = pauseEndsNanos - nanoTime.getAsLong();
        return since == null || left <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(left));
    }

    /** Since when it has been away, by the clock; empty if it is not. */
    public synchronized Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    /** For how long it has been away; empty if it is not. */
    public synchronized Optional<Duration> length() {
        return since == null ? Optional.empty() : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - sinceNanos));
    }

    /** An attempt found it away. The pause doubles with each attempt that was made after a pause was over. */
    public synchronized void away(String reason) {
        long now = nanoTime.getAsLong();
        if (since == null) {
            since = clock.instant();
            sinceNanos = now;
            pauseEndsNanos = now;
            pause = FIRST_PAUSE;
            logInterval = FIRST_LOG_INTERVAL;
            nextLogNanos = now;
            listener.accept(true);
        }
        if (probing || now - pauseEndsNanos >= 0) {
            probing = false;
            pauseEndsNanos = now + pause.current().toNanos();
            pause = pause.next();
        }
        if (now - nextLogNanos >= 0) {
            LOG.warn(
                    "{} is away since {} ({}); {}, and it is tried again; next message in {} s",
                    what,
                    since,
                    reason,
                    consequence,
                    logInterval.current().toSeconds());
            nextLogNanos = now + logInterval.current().toNanos();
            logInterval = logInterval.next();
        }
    }

    /** An attempt found that it answers. */
    public synchronized void back() {
        if (since != null) {
            LOG.info(
                    "{} is back after {} s",
                    what,
                    Duration.ofNanos(nanoTime.getAsLong() - sinceNanos).toSeconds());
            forget();
        }
    }

    /** Ends the outage without an answer, because nobody tries any more. */
    synchronized void forget() {
        if (since != null) {
            since = null;
            probing = false;
            listener.accept(false);
        }
    }
}
