package io.tenantry.worker.registry;

/**
 * A template from which workers of this registry create databases, or created them once.
 *
 * @param used whether one of these workers is alive
 */
public record KnownTemplate(String server, String template, boolean used) {}
