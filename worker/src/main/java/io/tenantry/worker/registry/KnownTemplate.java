package io.tenantry.worker.registry;

/**
 * A template that workers of this registry make databases from, or made them from once.
 *
 * @param used whether one of them is alive
 */
public record KnownTemplate(String server, String template, boolean used) {}
