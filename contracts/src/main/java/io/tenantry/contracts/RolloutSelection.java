package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * Which of the registered tenants a rollout is for. In a glob, {@code *} stands for any characters or none, and {@code ?} for
 * one.
 *
 * @param tenants names or globs; empty or null means all
 * @param exclude names or globs of tenants that are left out; empty or null means none
 * @param attributes each of them must be an attribute of the tenant, with this value; empty or null means any tenant
 */
public record RolloutSelection(
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> tenants,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> exclude,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> attributes) {

    /** All tenants. */
    public static final RolloutSelection ALL = new RolloutSelection(List.of(), List.of(), Map.of());

    /** @throws IllegalArgumentException if a value is not as the schema says */
    public RolloutSelection {
        tenants = RolloutRules.names("select.tenants", tenants);
        exclude = RolloutRules.names("select.exclude", exclude);
        attributes = RolloutRules.attributes(attributes);
    }
}
