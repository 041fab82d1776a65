package io.tenantry.worker.request;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * A database of the configuration, with what is needed to work on its homes.
 *
 * @param server for the homes of new tenants
 * @param template for the databases of new tenants; null if they are created without one
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

    /** A tenant's home at a registered location. */
    TenantHome home(String tenant, String serverName, String location) {
        return new TenantHome(tenant, name(), serverName, location, settings.isolation());
    }

    /** The home that all tenants share. */
    TenantHome shared() {
        return new TenantHome(null, name(), server.name(), settings.location(), settings.isolation());
    }
}
