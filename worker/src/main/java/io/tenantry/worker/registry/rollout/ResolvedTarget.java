package io.tenantry.worker.registry.rollout;

/**
 * What a rollout brings the homes of a database to.
 *
 * @param version as the workers' catalogs have it
 * @param fingerprint of a home that is there
 */
public record ResolvedTarget(String version, String fingerprint) {}
