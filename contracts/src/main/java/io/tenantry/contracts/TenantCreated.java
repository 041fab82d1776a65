package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the databases of a new tenant.
 *
 * @param databases where the tenant shall have a home; empty or null means in all that tenants have
 * @param attributes what else the producer knows of the tenant; empty or null means nothing
 */
public record TenantCreated(
        String tenant,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> databases,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> attributes)
        implements TenantRequest {

    /** @throws IllegalArgumentException if a value is not as the schema says */
    public TenantCreated {
        Rules.tenant(tenant);
        databases = Rules.databases(databases);
        attributes = Rules.attributes(attributes);
    }

    @Override
    public RequestType type() {
        return RequestType.ONBOARDING;
    }

    /** Always null: a shared database has no onboarding. */
    @Override
    public @Nullable String database() {
        return null;
    }

    /** Always null: rollouts only migrate. */
    @Override
    public @Nullable String rollout() {
        return null;
    }

    @Override
    public String key() {
        return tenant;
    }
}
