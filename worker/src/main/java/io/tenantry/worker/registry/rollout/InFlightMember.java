package io.tenantry.worker.registry.rollout;

import java.time.Duration;

/**
 * A tenant or shared database of a rollout whose latest attempt was sent and is not answered.
 *
 * @param key the tenant, or the shared database
 * @param sent how long ago
 */
public record InFlightMember(String key, boolean shared, int wave, Duration sent) {}
