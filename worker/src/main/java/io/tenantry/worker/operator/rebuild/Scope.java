package io.tenantry.worker.operator.rebuild;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * Which homes are looked at.
 *
 * @param database a configured one; null for all
 * @param tenant null for all tenants and shared databases
 */
public record Scope(@Nullable String database, @Nullable String tenant) {
    boolean has(TenantHome home) {
        return hasDatabase(home.database()) && (tenant == null || tenant.equals(home.tenant()));
    }

    boolean hasDatabase(String name) {
        return database == null || database.equals(name);
    }

    boolean hasShared(String name) {
        return tenant == null && hasDatabase(name);
    }

    boolean sharedOnly(Settings settings) {
        return database != null
                && settings.databases().stream()
                        .anyMatch(one -> one.name().equals(database) && one.isolation() == Isolation.SHARED);
    }
}
