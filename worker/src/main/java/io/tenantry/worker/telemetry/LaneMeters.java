package io.tenantry.worker.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;

/** The tenants with work, and what requests wait for. Safe for use by any thread. */
public final class LaneMeters {
    private final Gauges gauges;
    private final MetersByTags<Counter> waits;

    LaneMeters(MeterRegistry registry, Gauges gauges) {
        this.gauges = gauges;
        this.waits = new MetersByTags<>(
                Counter.builder("tenantry.waits")
                        .description("Waits of requests that have begun, by what is waited for")
                        .withRegistry(registry),
                "reason");
    }

    /** Tenants whose work a thread does now, and tenants with work that waits, for a thread or anything else. */
    public void lanes(IntSupplier busy, IntSupplier waiting) {
        gauges.count("tenantry.lanes.busy", "Tenants that are worked on", busy);
        gauges.count("tenantry.lanes.waiting", "Tenants with work that waits", waiting);
    }

    /** A request begins to wait. The reason is one of a few. */
    public void waitBegun(String reason) {
        waits.of(reason).increment();
    }

    /** Requests that wait now for this reason. Also registers its counter of waits, so that it is 0 and not missing. */
    public void waiting(String reason, IntSupplier requests) {
        waits.of(reason).increment(0);
        gauges.count("tenantry.waiting", "Requests that wait now, by what they wait for", requests, "reason", reason);
    }
}
