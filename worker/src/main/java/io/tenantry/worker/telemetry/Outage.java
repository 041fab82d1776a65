package io.tenantry.worker.telemetry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether something that the worker needs is away: says so in the log, at a growing interval, and how long to leave it
 * alone. Safe for use by many threads.
 */
public final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(10);
    private static final Duration FIRST_LOG_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LONGEST_LOG_INTERVAL = Duration.ofMinutes(5);

    private final String what;
    private final String consequence;
    private final Clock clock;
    private final Consumer<Boolean> listener;
    private @Nullable Instant since;
    private Instant pauseEnds = Instant.MIN;
    private boolean probing;
    private Duration pause = FIRST_PAUSE;
    private Instant nextLog = Instant.MIN;
    private Duration logInterval = FIRST_LOG_INTERVAL;

    /**
     * @param what is away, as in "server main"
     * @param consequence of that, as in "its tenants wait"
     * @param listener told true when it goes away and false when it is back, by the thread that notices
     */
    public Outage(String what, String consequence, Clock clock, Consumer<Boolean> listener) {
        this.what = what;
        this.consequence = consequence;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * How long to leave it alone; empty if it may be tried now. While it is away only one at a time may try, and should
     * call {@link #away} or {@link #back} soon: the others need not find out too.
     */
    public synchronized Optional<Duration> pause() {
        if (since == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (now.isBefore(pauseEnds)) {
            return Optional.of(Duration.between(now, pauseEnds));
        }
        probing = true;
        pauseEnds = now.plus(LONGEST_PROBE);
        return Optional.empty();
    }

    /** Since when it has been away; empty if it is not. */
    public synchronized Optional<Instant> since() {
        return Optional.ofNullable(since);
    }

    /** It was tried, and is away. The pause grows with each time that a pause was over. */
    public synchronized void away(String reason) {
        Instant now = clock.instant();
        if (since == null) {
            since = now;
            pause = FIRST_PAUSE;
            logInterval = FIRST_LOG_INTERVAL;
            nextLog = now;
            listener.accept(true);
        }
        if (probing || !now.isBefore(pauseEnds)) {
            probing = false;
            pauseEnds = now.plus(pause);
            pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
        }
        if (!now.isBefore(nextLog)) {
            LOG.warn(
                    "{} is away since {} ({}); {}, and it is tried again; next message in {} s",
                    what,
                    since,
                    reason,
                    consequence,
                    logInterval.toSeconds());
            nextLog = now.plus(logInterval);
            logInterval = shorter(logInterval.multipliedBy(2), LONGEST_LOG_INTERVAL);
        }
    }

    /** It was tried, and answered. */
    public synchronized void back() {
        if (since != null) {
            LOG.info(
                    "{} is back after {} s",
                    what,
                    Duration.between(since, clock.instant()).toSeconds());
            since = null;
            pauseEnds = Instant.MIN;
            probing = false;
            listener.accept(false);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
