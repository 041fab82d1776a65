package io.tenantry.worker.registry.rollout;

/**
 * Another active rollout that has the same tenants in the same databases.
 *
 * @param rollout the other one
 * @param members how many of the tenants and shared databases it has too
 * @param example one of them
 */
public record Conflict(String rollout, int members, String example) {}
