package io.tenantry.worker.intake;

import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.admission.MemoryLimits;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.Saturation;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.telemetry.Meters;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What a poll loop works with.
 *
 * @param task makes the task that brings a request to its outcome
 * @param servers the names of the servers that a request needs; empty if only the registry knows them
 * @param memory how many bytes are used for what
 * @param rollouts the driver of this worker's rollouts
 */
public record PollLoopParts(
        KafkaSettings kafka,
        Function<Request, Task> task,
        Function<TenantRequest, Set<String>> servers,
        MemoryLimits memory,
        Lanes lanes,
        Settler settler,
        Rollouts rollouts,
        Publisher publisher,
        Meters meters,
        Alarms alarms,
        LongSupplier nanoTime) {
    /** Whether results wait for others, to share their transaction. */
    Saturation saturation() {
        return signup -> signup ? lanes.isSaturatedByInteractive() : lanes.isSaturated();
    }
}
