package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * The upper bounds of histograms. There are few, because each is a line of every scrape for each combination of labels.
 */
final class Buckets {
    /** From a few milliseconds to minutes, for what includes waiting. */
    private static final Duration[] LONG = millis(10, 50, 100, 250, 500, 1000, 2500, 10_000, 60_000, 600_000);
    /** From a millisecond to half a minute, for one piece of work. */
    private static final Duration[] SHORT = millis(2, 5, 10, 25, 50, 100, 250, 1000, 5000, 30_000);

    private Buckets() {}

    /** A histogram of durations that include waiting. */
    static Timer.Builder ofWaits(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(LONG);
    }

    /** A histogram of the durations of single pieces of work. */
    static Timer.Builder ofWork(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(SHORT);
    }

    private static Duration[] millis(long... bounds) {
        Duration[] durations = new Duration[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            durations[i] = Duration.ofMillis(bounds[i]);
        }
        return durations;
    }
}
