package io.tenantry.worker.postgres;

import java.lang.reflect.Proxy;
import java.sql.Connection;

/** Homes for steps that are fakes themselves, and look at no database. */
public final class LockedHomes {
    private LockedHomes() {}

    /** Any use of its connection is an error. */
    public static LockedHome withoutDatabase(TenantHome home) {
        Connection none = (Connection) Proxy.newProxyInstance(
                LockedHomes.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("a fake step used the connection: " + method);
                });
        return new LockedHome(home, none);
    }
}
