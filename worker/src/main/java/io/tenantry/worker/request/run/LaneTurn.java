package io.tenantry.worker.request.run;

import io.tenantry.contracts.RequestType;
import io.tenantry.worker.lane.Task;
import java.util.Set;

/**
 * When requests of a type have their turn.
 *
 * @param priority of their lanes among others
 * @param overtakes the {@code ce_type} of requests of the same tenant that they may overtake while these wait
 */
record LaneTurn(Task.Priority priority, Set<String> overtakes) {
    /** A person waits for it, and migrations may wait for the tenant that it brings. */
    private static final LaneTurn ONBOARDING = new LaneTurn(
            Task.Priority.INTERACTIVE, Set.of(RequestType.MIGRATION.event().type()));

    private static final LaneTurn MIGRATION = new LaneTurn(Task.Priority.BULK, Set.of());

    static LaneTurn of(RequestType type) {
        return switch (type) {
            case ONBOARDING -> ONBOARDING;
            case MIGRATION -> MIGRATION;
        };
    }
}
