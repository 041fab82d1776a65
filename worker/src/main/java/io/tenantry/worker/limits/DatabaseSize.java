package io.tenantry.worker.limits;

import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/**
 * The size of the server's database, and what it will be with as many tenants as it may have. PostgreSQL does not show how
 * much disk is free, so this never warns. The size of each table is what its last VACUUM or ANALYZE has written down: {@code
 * pg_database_size} would ask for each file, which are 75 a tenant of ten tables.
 */
final class DatabaseSize implements LimitCheck {
    /** Of partitioned tables, relpages is -1. */
    private static final String SIZE = "SELECT sum(relpages::bigint) * current_setting('block_size')::bigint, (SELECT"
            + " count(*) FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_namespace'::regclass AND"
            + " d.objsubid = 0 AND starts_with(d.description, 'tenantry tenant=')) FROM pg_catalog.pg_class WHERE relkind IN"
            + " ('r', 'i', 't', 'm', 'S') AND NOT relisshared";

    private record Size(long bytes, long schemas) {}

    @Override
    public String name() {
        return "size";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        Size size = Sql.one(connection, SIZE, row -> new Size(row.getLong(1), row.getLong(2)));
        String measured = "about " + Counted.bytes(size.bytes()) + " with " + Counted.of(size.schemas(), "schema")
                + " of tenants";
        if (size.schemas() > 0) {
            long each = size.bytes() / size.schemas();
            measured += ", " + Counted.bytes(each) + " each";
            OptionalLong most = most(server);
            if (most.isPresent()) {
                measured += "; " + Counted.bytes(each * most.getAsLong()) + " with the "
                        + Counted.number(most.getAsLong()) + " that it may have";
            }
        }
        return LimitFinding.ok(server.name(), name(), measured, null);
    }

    /** All tenants that may have a schema there; empty if one of the databases has no limit. */
    private static OptionalLong most(CheckedServer server) {
        long most = 0;
        for (CheckedDatabase database : server.databases()) {
            for (ServerShare share : database.settings().servers()) {
                if (share.server().equals(server.name())) {
                    if (share.maxTenants().isEmpty()) {
                        return OptionalLong.empty();
                    }
                    most += share.maxTenants().getAsInt();
                }
            }
        }
        return most == 0 ? OptionalLong.empty() : OptionalLong.of(most);
    }
}
