package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** How homes are compared with what their migrations make. Safe for use by any thread. */
public final class DriftMeters {
    /** A home was not looked at, since too many waited. */
    public static final String DROPPED = "dropped";

    private final Gauges gauges;
    private final MetersByTags<Counter> checks;
    private final MetersByTags<Timer> durations;
    private final MultiGauge drifted;

    DriftMeters(MeterRegistry registry, Gauges gauges) {
        this.gauges = gauges;
        this.checks = new MetersByTags<>(
                Counter.builder("tenantry.drift.checks")
                        .description("Homes that this worker has compared with what their migrations make")
                        .withRegistry(registry),
                "database",
                "outcome");
        this.durations = new MetersByTags<>(
                Buckets.ofWork("tenantry.drift.check", "The time that one comparison of a home took")
                        .withRegistry(registry),
                "database");
        this.drifted = MultiGauge.builder("tenantry.drifted.homes")
                .description("Homes of the whole fleet that have drifted, as the registry has them")
                .register(registry);
    }

    /** Makes the meters of these databases 0, and not missing. */
    public void databases(Collection<String> databases, Collection<String> outcomes) {
        for (String database : databases) {
            outcomes.forEach(outcome -> checks.of(database, outcome).increment(0));
            var unused = durations.of(database);
        }
    }

    /** A home of the named database was looked at, or dropped. The outcome is one of a few. */
    public void checked(String database, String outcome) {
        checks.of(database, outcome).increment();
    }

    /** A look at a home of the named database took so long. */
    public void took(String database, Duration duration) {
        durations.of(database).record(duration);
    }

    /** How many homes of the fleet have drifted, by database. Takes the place of what was told before. */
    public void drifted(Map<String, Long> byDatabase) {
        List<MultiGauge.Row<?>> rows = byDatabase.entrySet().stream()
                .<MultiGauge.Row<?>>map(
                        database -> MultiGauge.Row.of(Tags.of("database", database.getKey()), database.getValue()))
                .toList();
        drifted.register(rows, true);
    }

    /**
     * The sweep over all homes.
     *
     * @param interval in seconds, within which all homes are to be compared; not a number if there is no sweep
     * @param oldest how many seconds ago the home was compared that waits longest; not a number if that is not known
     */
    public void sweep(double interval, DoubleSupplier oldest) {
        gauges.seconds("tenantry.drift.sweep", "How long all homes may take to be compared once", () -> interval);
        gauges.seconds(
                "tenantry.drift.oldest.check", "Since the home was compared that waits longest for its turn", oldest);
    }
}
