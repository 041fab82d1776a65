package io.tenantry.worker.request;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A database of the configuration, with what is needed to work on its homes.
 *
 * @param servers for the homes of new tenants, in the configured order; at least one
 */
public record NamedDatabase(DatabaseSettings settings, List<HomeServer> servers) {
    public NamedDatabase {
        servers = List.copyOf(servers);
    }

    /** Name in the configuration. */
    public String name() {
        return settings.name();
    }

    boolean isShared() {
        return settings.isolation() == Isolation.SHARED;
    }

    /** Whether the registry chooses the server of a new home, because there are several or a limit. */
    boolean isPlaced() {
        return servers.size() > 1
                || settings.servers().stream()
                        .anyMatch(share -> share.maxTenants().isPresent());
    }

    /** The first of the servers. */
    HomeServer first() {
        return servers.get(0);
    }

    /** Empty if the server is not for new homes, though registered ones may be there. */
    private Optional<HomeServer> on(String server) {
        return servers.stream().filter(one -> one.name().equals(server)).findFirst();
    }

    /** With plans that were proven on the server, if it is one for new homes; else with those of the first one. */
    Migrator migratorOn(String server) {
        return on(server).orElse(first()).migrator();
    }

    /** Null if databases are created there without a template. */
    @Nullable TemplateDatabase templateOn(String server) {
        return on(server).map(HomeServer::template).orElse(null);
    }

    /** Where a new tenant's home is. */
    TenantHome homeOf(String tenant, String server) {
        return home(tenant, server, settings.location().replace("{tenant}", tenant));
    }

    /** A tenant's home at a registered location. */
    TenantHome home(String tenant, String server, String location) {
        return new TenantHome(tenant, name(), server, location, settings.isolation());
    }

    /** The home that all tenants share. */
    TenantHome shared() {
        return new TenantHome(null, name(), first().name(), settings.location(), settings.isolation());
    }
}
