package io.tenantry.worker.operator.rebuild;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Knows which servers of the configuration are the same PostgreSQL, so that one home is not taken for two. For one thread. */
final class SameServers {
    private static final String IDENTITY =
            "SELECT extract(epoch FROM pg_postmaster_start_time())::text, current_database()";

    private record Identity(String startedAt, String database) {}

    private final Map<String, Identity> servers = new HashMap<>();

    /** Asks a server which PostgreSQL it is. */
    void add(String server, Connection connection) throws SQLException {
        servers.put(server, Sql.one(connection, IDENTITY, row -> new Identity(row.getString(1), row.getString(2))));
    }

    /** Whether both are one schema or one database; both servers were added. */
    boolean isSame(TenantHome one, TenantHome other) {
        Identity first = Objects.requireNonNull(servers.get(one.server()));
        Identity second = Objects.requireNonNull(servers.get(other.server()));
        return one.isolation() == other.isolation()
                && one.location().equals(other.location())
                && first.startedAt().equals(second.startedAt())
                && (one.isolation() == Isolation.DATABASE || first.database().equals(second.database()));
    }

    /**
     * These places, each once.
     *
     * @param preferred which of several names of one place is taken; the first if none is preferred
     */
    List<TenantHome> once(List<TenantHome> places, Predicate<TenantHome> preferred) {
        List<TenantHome> inOrder =
                new ArrayList<>(places.stream().filter(preferred).toList());
        inOrder.addAll(places.stream().filter(preferred.negate()).toList());
        List<TenantHome> once = new ArrayList<>();
        for (TenantHome place : inOrder) {
            if (once.stream().noneMatch(known -> isSame(known, place))) {
                once.add(place);
            }
        }
        return once;
    }
}
