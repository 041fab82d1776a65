package io.tenantry.worker.postgres.home;

import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;

/** Homes for steps that are fakes themselves, and look at no database. */
public final class LockedHomes {
    /** The time of every lock. */
    public static final Instant LOCKED_AT = Instant.parse("2026-01-01T00:00:00Z");

    private LockedHomes() {}

    /** Any use of its connection is an error. */
    public static LockedHome withoutDatabase(TenantHome home) {
        return withoutDatabase(home, LOCKED_AT);
    }

    /** The same, locked at another time. */
    public static LockedHome withoutDatabase(TenantHome home, Instant lockedAt) {
        Connection none = (Connection) Proxy.newProxyInstance(
                LockedHomes.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("a fake step used the connection: " + method);
                });
        HomeSession session = new HomeSession(
                home,
                none,
                new SessionTimeouts(Duration.ZERO, Duration.ZERO),
                new ReceiveBudget(Long.MAX_VALUE, Long.MAX_VALUE),
                evicted -> {});
        return new LockedHome(session, lockedAt);
    }
}
