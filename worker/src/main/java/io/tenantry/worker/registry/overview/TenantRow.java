package io.tenantry.worker.registry.overview;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A registered tenant.
 *
 * @param createdAt when its first onboarding was recorded
 * @param homes in the order of their databases' names
 */
public record TenantRow(String tenant, Map<String, String> attributes, Instant createdAt, List<HomeRow> homes) {}
