package io.tenantry.worker.step;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.TenantHome;

/**
 * A database of the configuration, ready to be worked with.
 *
 * @param server where new tenants go
 */
public record NamedDatabase(DatabaseSettings settings, Server server, Migrator migrator) {
    /** Name in the configuration. */
    public String name() {
        return settings.name();
    }

    /** Where a new tenant's home is. */
    TenantHome homeOf(String tenant) {
        return home(tenant, server.name(), settings.location().replace("{tenant}", tenant));
    }

    /** Where a tenant's home was put. */
    TenantHome home(String tenant, String serverName, String location) {
        return new TenantHome(tenant, name(), serverName, location, settings.isolation());
    }
}
