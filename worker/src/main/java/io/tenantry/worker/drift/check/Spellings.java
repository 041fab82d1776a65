package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.Comparison;
import io.tenantry.worker.drift.Comparison.Spelling;
import io.tenantry.worker.engine.snapshot.FurtherSchemas;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes definitions for the same that differ in their spelling alone, as after pg_dump and a restore. What is the same in one
 * home is not made once more in the others: after a restore all homes have it. Safe for use by many threads.
 */
public final class Spellings {
    /** A schema of hundreds of tables has fewer of them. */
    private static final int MOST_KNOWN = 2000;

    /** Guarded by itself. */
    private final Set<Spelling> known = new LinkedHashSet<>();

    /** The comparison without definitions that were found to be the same before. Asks no server. */
    public Comparison known(Comparison comparison) {
        synchronized (known) {
            return known.isEmpty()
                    ? comparison
                    : comparison.without(comparison.changed().stream()
                            .filter(known::contains)
                            .collect(Collectors.toSet()));
        }
    }

    /**
     * The comparison without definitions that are the same. The caller may have one connection of the server, and has none
     * open.
     *
     * @param home of which one side of the comparison was read
     * @throws SQLException if that cannot be found out now, as where somebody holds a lock of a table
     */
    public Comparison same(Server server, TenantHome home, Comparison comparison) throws SQLException {
        Comparison unknown = known(comparison);
        if (unknown.changed().isEmpty()) {
            return unknown;
        }
        try (HomeSession session = HomeReader.open(server, home)) {
            Set<Spelling> same = new HashSet<>();
            for (var ofSchema : unknown.changed().stream()
                    .collect(Collectors.groupingBy(Spelling::schema))
                    .entrySet()) {
                String schema = ofSchema.getKey().isEmpty() ? home.schema() : FurtherSchemas.name(ofSchema.getKey());
                same.addAll(Respelling.same(session.connection(), schema, ofSchema.getValue()));
            }
            same.forEach(this::add);
            return unknown.without(same);
        }
    }

    private void add(Spelling spelling) {
        synchronized (known) {
            known.add(spelling);
            if (known.size() > MOST_KNOWN) {
                known.remove(known.iterator().next());
            }
        }
    }
}
