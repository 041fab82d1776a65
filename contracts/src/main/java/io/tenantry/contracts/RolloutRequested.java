package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an upgrade of the whole fleet, a wave after the other; or, by another action, for a change of such a rollout.
 *
 * @param rollout the name of this rollout, never used for another one
 * @param action null means {@link RolloutAction#START}; with any other action only {@code reason} may be set
 * @param reason why, for people; needed for {@link RolloutAction#ABORT}; null means none
 * @param databases those to upgrade; empty or null means all
 * @param target as in {@link MigrationRequested}; null means {@code latest}
 * @param select which tenants; null means all
 * @param waves in their order; tenants left over after the last form one more wave; empty or null means one wave with
 *     all
 * @param concurrency how many tenants have an unanswered request at once; null means twice the connections that the servers
 *     of its databases allow
 * @param halt null means {@link HaltRule#FIRST_FAILURE}
 * @param everyTenant whether a request is sent also to tenants that are known to be at the target; null means no
 */
public record RolloutRequested(
        String rollout,
        RolloutAction action,
        @Nullable String reason,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> databases,
        String target,
        RolloutSelection select,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Wave> waves,
        @Nullable Integer concurrency,
        HaltRule halt,
        @Nullable Boolean everyTenant)
        implements EventData {

    /** @throws IllegalArgumentException if a value is not as the schema says */
    public RolloutRequested {
        Rules.rollout(rollout);
        action = action == null ? RolloutAction.START : action;
        databases = Rules.databases(databases);
        target = Rules.target(target);
        select = select == null ? RolloutSelection.ALL : select;
        waves = Rules.withoutNulls("waves", waves);
        halt = halt == null ? HaltRule.FIRST_FAILURE : halt;
    }

    /** A start, without what later releases added. */
    public RolloutRequested(
            String rollout, List<String> databases, String target, List<Wave> waves, HaltRule halt) {
        this(rollout, RolloutAction.START, null, databases, target, RolloutSelection.ALL, waves, null, halt, null);
    }

    @Override
    public String key() {
        return rollout;
    }
}
