package io.tenantry.worker.engine.proof;

/**
 * A script that Flyway applies to homes that exist.
 *
 * @param script the name of its file below the location
 * @param isPlannedInNewHomes whether a plan applies it to a home that is being made
 */
public record RefusedPlan(String script, PlanRefusal reason, boolean isPlannedInNewHomes) {}
