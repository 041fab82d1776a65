package io.tenantry.worker.intake.admission;

import io.tenantry.worker.timing.GrowingInterval;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs, at a growing interval, how many requests are parked and for which servers. For the poll thread alone. */
public final class ParkedReport {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedReport.class);
    private static final GrowingInterval FIRST_INTERVAL =
            new GrowingInterval(Duration.ofSeconds(10), Duration.ofMinutes(5));

    private final Admission admission;
    private final LongSupplier nanoTime;
    private boolean waiting;
    private long sinceNanos;
    private long nextNanos;
    private GrowingInterval interval = FIRST_INTERVAL;

    /**
     * Has logged nothing yet.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public ParkedReport(Admission admission, LongSupplier nanoTime) {
        this.admission = admission;
        this.nanoTime = nanoTime;
    }

    /** At each turn of the loop. */
    public void look() {
        long now = nanoTime.getAsLong();
        if (admission.parked() == 0) {
            waiting = false;
            return;
        }
        if (!waiting) {
            waiting = true;
            sinceNanos = now;
            nextNanos = now + FIRST_INTERVAL.current().toNanos();
            interval = FIRST_INTERVAL;
        }
        if (now - nextNanos < 0) {
            return;
        }
        LOG.warn(
                "{} requests are parked, some for {} s: {}; they are read again when there is room; next message in {} s",
                admission.parked(),
                Duration.ofNanos(now - sinceNanos).toSeconds(),
                text(admission.parkedByServers()),
                interval.current().toSeconds());
        nextNanos = now + interval.current().toNanos();
        interval = interval.next();
    }

    private static String text(Map<Set<String>, Long> counts) {
        return counts.entrySet().stream()
                .map(next -> next.getValue() + " for "
                        + (next.getKey().equals(ServerLoad.UNKNOWN)
                                ? "servers that only the registry knows"
                                : next.getKey().stream().sorted().collect(Collectors.joining(" and "))))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
