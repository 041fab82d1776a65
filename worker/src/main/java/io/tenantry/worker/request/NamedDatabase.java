package io.tenantry.worker.request;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * A database of the configuration, ready to be worked with.
 *
 * @param server where new tenants go
 * @param template of the databases of new tenants there; null if they are made without one
 */
public record NamedDatabase(
        DatabaseSettings settings,
        Server server,
        Migrator migrator,
        @Nullable TemplateDatabase template) {
    /** Name in the configuration. */
    public String name() {
        return settings.name();
    }

    boolean isShared() {
        return settings.isolation() == Isolation.SHARED;
    }

    /** Where a new tenant's home is. */
    TenantHome homeOf(String tenant) {
        return home(tenant, server.name(), settings.location().replace("{tenant}", tenant));
    }

    /** Where a tenant's home was put. */
    TenantHome home(String tenant, String serverName, String location) {
        return new TenantHome(tenant, name(), serverName, location, settings.isolation());
    }

    /** Where the one for all tenants is. */
    TenantHome shared() {
        return new TenantHome(null, name(), server.name(), settings.location(), settings.isolation());
    }
}
