package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks for an upgrade of the whole fleet, a wave after the other; or, by another action, for a change of such a rollout.
 *
 * @param rollout the name of this rollout, never used for another one
 * @param action null means {@link RolloutAction#START}; with any other action only {@code reason} may be set, and the other
 *     values are those of a request that leaves them out
 * @param reason why, for people; needed for {@link RolloutAction#ABORT}; null means none
 * @param databases those to upgrade; empty or null means all
 * @param target as in {@link MigrationRequested}; null means {@code latest}
 * @param select which tenants; null means all
 * @param waves in their order; tenants left over after the last form one more wave; empty or null means one wave with
 *     all
 * @param concurrency how many tenants have an unanswered request at once; null means twice the connections that the servers
 *     of its databases allow, and in addition as many as had a result in the last second
 * @param halt null means {@link HaltRule#FIRST_FAILURE}
 * @param everyTenant whether a request is sent also to tenants that are known to be at the target; null means no
 */
public record RolloutRequested(
        String rollout,
        RolloutAction action,
        @Nullable String reason,
        List<String> databases,
        String target,
        RolloutSelection select,
        List<Wave> waves,
        @Nullable Integer concurrency,
        HaltRule halt,
        @Nullable Boolean everyTenant)
        implements EventData {

    /** @throws IllegalArgumentException if a value is not as the schema says */
    public RolloutRequested {
        Rules.rollout(rollout);
        action = action == null ? RolloutAction.START : action;
        checkReason(action, reason);
        databases = Rules.databases(databases);
        target = Rules.target(target);
        select = select == null ? RolloutSelection.ALL : select;
        waves = RolloutRules.waves(waves);
        if (concurrency != null) {
            Rules.range("concurrency", concurrency, 1, Integer.MAX_VALUE);
        }
        halt = halt == null ? HaltRule.FIRST_FAILURE : halt;
        RolloutRules.sizes(databases, select, waves);
        onlyForAStart(action, "databases", !databases.isEmpty());
        onlyForAStart(action, "target", !target.equals(MigrationRequested.LATEST));
        onlyForAStart(action, "select", !select.equals(RolloutSelection.ALL));
        onlyForAStart(action, "waves", !waves.isEmpty());
        onlyForAStart(action, "concurrency", concurrency != null);
        onlyForAStart(action, "halt", !halt.equals(HaltRule.FIRST_FAILURE));
        onlyForAStart(action, "everyTenant", everyTenant != null);
    }

    /** A start, without what later releases added. */
    public RolloutRequested(String rollout, List<String> databases, String target, List<Wave> waves, HaltRule halt) {
        this(rollout, RolloutAction.START, null, databases, target, RolloutSelection.ALL, waves, null, halt, null);
    }

    /**
     * A change of a rollout.
     *
     * @param action any but {@link RolloutAction#START}
     * @throws IllegalArgumentException if a value is not as the schema says
     */
    public static RolloutRequested change(String rollout, RolloutAction action, @Nullable String reason) {
        return new RolloutRequested(
                rollout,
                action,
                reason,
                List.of(),
                MigrationRequested.LATEST,
                RolloutSelection.ALL,
                List.of(),
                null,
                HaltRule.FIRST_FAILURE,
                null);
    }

    /** From JSON, where even the default of a start's field is refused beside another action. */
    @JsonCreator
    static RolloutRequested read(
            @JsonProperty("rollout") String rollout,
            @JsonProperty("action") @Nullable RolloutAction action,
            @JsonProperty("reason") @Nullable String reason,
            @JsonProperty("databases") @Nullable List<String> databases,
            @JsonProperty("target") @Nullable String target,
            @JsonProperty("select") @Nullable RolloutSelection select,
            @JsonProperty("waves") @Nullable List<Wave> waves,
            @JsonProperty("concurrency") @Nullable Integer concurrency,
            @JsonProperty("halt") @Nullable HaltRule halt,
            @JsonProperty("everyTenant") @Nullable Boolean everyTenant) {
        RolloutAction what = action == null ? RolloutAction.START : action;
        onlyForAStart(what, "target", target != null);
        onlyForAStart(what, "select", select != null);
        onlyForAStart(what, "halt", halt != null);
        return new RolloutRequested(
                rollout,
                what,
                reason,
                databases == null ? List.of() : databases,
                target == null ? MigrationRequested.LATEST : target,
                select == null ? RolloutSelection.ALL : select,
                waves == null ? List.of() : waves,
                concurrency,
                halt == null ? HaltRule.FIRST_FAILURE : halt,
                everyTenant);
    }

    /** As JSON: a start as older releases wrote it when it has nothing that they lacked, any other action by itself. */
    @JsonValue
    Map<String, Object> json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rollout", rollout);
        put(fields, "action", action == RolloutAction.START ? null : action);
        put(fields, "reason", reason);
        if (action != RolloutAction.START) {
            return fields;
        }
        put(fields, "databases", databases.isEmpty() ? null : databases);
        fields.put("target", target);
        put(fields, "select", select.equals(RolloutSelection.ALL) ? null : select);
        put(fields, "waves", waves.isEmpty() ? null : waves);
        put(fields, "concurrency", concurrency);
        fields.put("halt", halt);
        put(fields, "everyTenant", everyTenant);
        return fields;
    }

    @Override
    public String key() {
        return rollout;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static void checkReason(RolloutAction action, @Nullable String reason) {
        if (reason != null) {
            Rules.text("reason", reason, RolloutRules.MAX_REASON_LENGTH);
        } else if (action == RolloutAction.ABORT) {
            throw new IllegalArgumentException("reason is missing; expected why the rollout is aborted, for people");
        }
    }

    private static void onlyForAStart(RolloutAction action, String field, boolean isSet) {
        if (isSet && action != RolloutAction.START) {
            throw new IllegalArgumentException(field + " is set beside action " + action.wireName()
                    + "; expected it only beside start: what a start asked for never changes");
        }
    }
}
