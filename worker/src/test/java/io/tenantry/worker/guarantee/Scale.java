package io.tenantry.worker.guarantee;

import java.time.Duration;

/**
 * How much the suite does.
 *
 * @param workers processes
 * @param tenants with three upgrades each, under load
 * @param newcomers tenants that are signed up under load
 * @param concurrency tenants at once in each worker
 * @param kills SIGKILLs of a worker while the load runs
 * @param step what a migration takes while the load runs
 * @param slowStep what the migration of a slow tenant takes at least
 * @param quickTenants beside a slow one
 * @param away how long a server is away
 * @param lostAnswers commits whose answer a proxy withholds
 * @param rollingRestarts of all workers
 */
public record Scale(
        int workers,
        int tenants,
        int newcomers,
        int concurrency,
        int kills,
        Duration step,
        Duration slowStep,
        int quickTenants,
        Duration away,
        int lostAnswers,
        int rollingRestarts) {
    /** The system property that chooses: {@code small}, the default, or {@code full}. */
    static final String PROPERTY = "tenantry.guarantee.scale";

    /** For every build. */
    static Scale small() {
        return new Scale(
                2, 15, 3, 3, 2, Duration.ofMillis(150), Duration.ofSeconds(1), 20, Duration.ofSeconds(3), 4, 1);
    }

    /** For the profile {@code chaos}. */
    static Scale full() {
        return new Scale(
                3, 500, 50, 6, 20, Duration.ofMillis(150), Duration.ofSeconds(20), 200, Duration.ofSeconds(30), 20, 2);
    }

    /** What the system property says. */
    static Scale selected() {
        return isFull() ? full() : small();
    }

    /** Whether it is {@link #full}. */
    public static boolean isFull() {
        String name = System.getProperty(PROPERTY, "small");
        return switch (name) {
            case "small" -> false;
            case "full" -> true;
            default ->
                throw new IllegalArgumentException(
                        "system property " + PROPERTY + " is " + name + "; allowed are small and full");
        };
    }
}
