package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.DriftDifference;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Default privileges that are of no schema: they act on homes that are made from then on, and on the reference when it is made
 * again.
 */
final class DefaultPrivileges {
    private static final String GRANTED =
            "SELECT concat(x.privilege_type, ' to ', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE"
                    + " pg_catalog.pg_get_userbyid(x.grantee) END, CASE WHEN x.is_grantable THEN ' with grant option' END) FROM"
                    + " pg_catalog.pg_default_acl d CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) x WHERE"
                    + " d.defaclnamespace = 0 AND pg_catalog.pg_get_userbyid(d.defaclrole) = current_user";

    private DefaultPrivileges() {}

    /** A hint if a home that is older than such default privileges would lack just what is lacking. */
    static Optional<String> hint(Server server, TenantHome home, List<DriftDifference> differences)
            throws SQLException {
        List<String> lacking = differences.stream()
                .flatMap(difference -> difference.lackingGrants().stream())
                .toList();
        if (lacking.isEmpty()) {
            return Optional.empty();
        }
        try (HomeSession session = HomeReader.open(server, home)) {
            Set<String> granted = new HashSet<>(Sql.query(session.connection(), GRANTED, row -> row.getString(1)));
            return granted.containsAll(lacking)
                    ? Optional.of(
                            "all privileges that were revoked are those that ALTER DEFAULT PRIVILEGES grants on new"
                                    + " objects in any schema: a home that is older never had them; grant them there too, or exclude"
                                    + " them")
                    : Optional.empty();
        }
    }
}
