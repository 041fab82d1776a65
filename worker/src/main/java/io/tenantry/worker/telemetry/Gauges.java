package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Registers gauges, whose sources are asked at every scrape, by the scraping thread. Safe for use by any thread. */
final class Gauges {
    private static final String SECONDS = "seconds";

    private final MeterRegistry registry;

    Gauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A number of things. */
    void count(String name, String description, IntSupplier value, String... tags) {
        set(name, description, null, value::getAsInt, tags);
    }

    /** 1 while it is true, else 0. */
    void flag(String name, String description, BooleanSupplier value, String... tags) {
        set(name, description, null, () -> value.getAsBoolean() ? 1 : 0, tags);
    }

    /** A time in seconds. */
    void seconds(String name, String description, DoubleSupplier value, String... tags) {
        set(name, description, SECONDS, value, tags);
    }

    /** Removes a gauge, if there is one of this name with these tags. */
    void remove(String name, String... tags) {
        // Not with a search of the registry, which copies all meters; a callback may remove hundreds.
        var unused = registry.removeByPreFilterId(new Meter.Id(name, Tags.of(tags), null, null, Meter.Type.GAUGE));
    }

    private void set(String name, String description, @Nullable String unit, DoubleSupplier value, String... tags) {
        // A worker that joins its group again has new parts to ask.
        remove(name, tags);
        Gauge.builder(name, value::getAsDouble)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }
}
