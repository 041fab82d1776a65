package io.tenantry.worker.operator.adopt;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.HomeRows;
import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.TenantRecord;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the registry knew of the tenants of one database when the command began. */
final class Registered {
    private static final int TOGETHER = 500;

    private final Map<String, RegisteredHome> homes = new HashMap<>();
    private final Map<String, String> placed = new HashMap<>();

    /** Reads the rows of these tenants. */
    static Registered read(Registry registry, String database, List<String> tenants) throws SQLException {
        Registered registered = new Registered();
        HomeRows rows = new HomeRows();
        for (int from = 0; from < tenants.size(); from += TOGETHER) {
            List<String> some = tenants.subList(from, Math.min(tenants.size(), from + TOGETHER));
            List<TenantRecord> known =
                    registry.lookUp(some.stream().map(Registered::lookUp).toList());
            for (int i = 0; i < some.size(); i++) {
                String tenant = some.get(i);
                known.get(i).home(database).ifPresent(home -> registered.homes.put(tenant, home));
            }
            registered.placed.putAll(registry.inTransaction(connection -> rows.placed(connection, database, some)));
        }
        return registered;
    }

    /** The identity is empty: the look-up is for no request. */
    private static LookUp lookUp(String tenant) {
        return new LookUp(new RequestRef("", "", EventType.MIGRATION_REQUESTED.type(), "", 0, 0), tenant, null);
    }

    /** The home of a tenant in the database; empty if it has none. */
    Optional<RegisteredHome> of(String tenant) {
        return Optional.ofNullable(homes.get(tenant));
    }

    /** The server on which a signup of it makes its home; empty if there is no such signup. */
    Optional<String> placed(String tenant) {
        return Optional.ofNullable(placed.get(tenant));
    }
}
