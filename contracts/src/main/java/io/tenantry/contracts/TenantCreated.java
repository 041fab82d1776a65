package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

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
    public String key() {
        return tenant;
    }
}
