package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Asks for an upgrade of the whole fleet, a wave after the other.
 *
 * @param rollout the name of this rollout, never used for another one
 * @param databases those to upgrade; empty or null means all
 * @param target as in {@link MigrationRequested}; null means {@code latest}
 * @param waves in their order; tenants left over after the last form one more wave; empty or null means one wave with
 *     all
 * @param halt null means {@link HaltRule#FIRST_FAILURE}
 */
public record RolloutRequested(
        String rollout,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> databases,
        String target,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Wave> waves,
        HaltRule halt)
        implements EventData {

    /** @throws IllegalArgumentException if a value is not as the schema says */
    public RolloutRequested {
        Rules.rollout(rollout);
        databases = Rules.databases(databases);
        target = Rules.target(target);
        waves = Rules.withoutNulls("waves", waves);
        halt = halt == null ? HaltRule.FIRST_FAILURE : halt;
    }

    @Override
    public String key() {
        return rollout;
    }
}
