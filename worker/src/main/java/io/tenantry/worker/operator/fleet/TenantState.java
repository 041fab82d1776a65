package io.tenantry.worker.operator.fleet;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tenant and the state of its homes.
 *
 * @param registered false if its onboarding failed
 * @param homes those that were asked for, in the order of their databases' names
 * @param failure its last request, if it failed; null if not
 */
public record TenantState(
        String tenant,
        boolean registered,
        Map<String, String> attributes,
        List<Home> homes,
        @Nullable Failure failure) {
    /** Whether one of the homes lacks migrations that a worker has. */
    public boolean isBehind() {
        return homes.stream().anyMatch(home -> home.state() == UpgradeState.BEHIND);
    }
}
