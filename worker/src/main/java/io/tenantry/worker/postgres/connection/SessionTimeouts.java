package io.tenantry.worker.postgres.connection;

import java.time.Duration;

/**
 * Limits of a session that works on a tenant.
 *
 * @param lock how long a statement waits for a lock; short, because all other statements on the table wait behind it
 * @param statement how long a statement may run; zero for no limit
 */
public record SessionTimeouts(Duration lock, Duration statement) {}
