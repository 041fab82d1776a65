package io.tenantry.worker.operator.drift;

import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hints at the causes of drift. Homes that have drifted in the same way have the same ones. For one thread. */
final class DriftHints {
    /** So many ways are looked into; somebody who reads more of them reads no hints. */
    private static final int MOST = 20;

    private final Map<Way, List<String>> known = new HashMap<>();

    private record Way(String database, String server, Verdict.Drifted drifted) {}

    /** Empty if nothing is known. */
    List<String> of(HomeCheck check, Server server, TenantHome home, Verdict.Drifted drifted) {
        Way way = new Way(home.database(), home.server(), drifted);
        List<String> hints = known.get(way);
        if (hints == null && known.size() < MOST) {
            hints = hints(check, server, home, drifted);
            known.put(way, hints);
        }
        return hints == null ? List.of() : hints;
    }

    private static List<String> hints(HomeCheck check, Server server, TenantHome home, Verdict.Drifted drifted) {
        try {
            return check.hints(server, home, drifted);
        } catch (SQLException unknown) {
            // The differences stand without them.
            return List.of();
        }
    }
}
