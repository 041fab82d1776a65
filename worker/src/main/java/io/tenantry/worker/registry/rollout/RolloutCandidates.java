package io.tenantry.worker.registry.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.worker.postgres.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds what a rollout may be for: the tenants and the shared databases. Without state: every method works in the
 * caller's transaction.
 */
public final class RolloutCandidates {
    private static final String AT_TARGET = "coalesce(h.fingerprint = wanted.fingerprint, false)";

    private final ObjectMapper json = new ObjectMapper();

    /**
     * All registered tenants that have a home in one of the databases, in the order of their names, and then the shared
     * databases, also those that were never migrated.
     *
     * @param attributes which a tenant must have, with these values; empty means any tenant. Shared databases have none, and
     *     are found whatever these are
     * @param fingerprints of homes at the target, by database; no other database counts
     * @param shared which of these databases the configuration calls shared
     */
    public List<Candidate> find(
            Connection connection, Map<String, String> attributes, Map<String, String> fingerprints, Set<String> shared)
            throws SQLException {
        List<String> ofTenants = new ArrayList<>(fingerprints.keySet());
        ofTenants.removeAll(shared);
        List<String> ofAll = new ArrayList<>(fingerprints.keySet());
        ofAll.retainAll(shared);
        List<Candidate> candidates = new ArrayList<>();
        if (!ofTenants.isEmpty()) {
            candidates.addAll(tenants(connection, attributes, ofTenants, fingerprints));
        }
        if (!ofAll.isEmpty()) {
            candidates.addAll(sharedDatabases(connection, ofAll, fingerprints));
        }
        return candidates;
    }

    private List<Candidate> tenants(
            Connection connection,
            Map<String, String> attributes,
            List<String> databases,
            Map<String, String> fingerprints)
            throws SQLException {
        String sql = "SELECT h.tenant, array_agg(h.database ORDER BY h.database), bool_and(" + AT_TARGET + ") FROM"
                + " tenantry.tenant_home h JOIN unnest(?::text[], ?::text[]) AS wanted (database, fingerprint) USING (database)";
        if (!attributes.isEmpty()) {
            sql += " JOIN tenantry.tenant t ON t.tenant = h.tenant AND t.attributes @> ?::jsonb";
        }
        List<Object> parameters = new ArrayList<>();
        parameters.add(texts(connection, databases, database -> database));
        parameters.add(texts(connection, databases, fingerprints::get));
        if (!attributes.isEmpty()) {
            parameters.add(encode(attributes));
        }
        return Sql.query(
                connection,
                sql + " GROUP BY h.tenant ORDER BY h.tenant",
                row -> new Candidate(row.getString(1), false, strings(row.getArray(2)), row.getBoolean(3)),
                parameters.toArray());
    }

    private static List<Candidate> sharedDatabases(
            Connection connection, List<String> databases, Map<String, String> fingerprints) throws SQLException {
        String sql = "SELECT wanted.database, " + AT_TARGET + " FROM unnest(?::text[], ?::text[]) AS wanted (database,"
                + " fingerprint) LEFT JOIN tenantry.shared_database h USING (database) ORDER BY 1";
        return Sql.query(
                connection,
                sql,
                row -> new Candidate(row.getString(1), true, List.of(row.getString(1)), row.getBoolean(2)),
                texts(connection, databases, database -> database),
                texts(connection, databases, fingerprints::get));
    }

    /**
     * The active rollouts that have one of these tenants in one of its databases, or one of these shared databases; in the
     * order of their names. Before this, take the lock of {@link RolloutTable#lockPlanning}: two rollouts that are planned at
     * the same time do not see each other's members.
     *
     * @param rollout that is to be planned; it is left out
     */
    public List<Conflict> conflicts(Connection connection, String rollout, Collection<NewMember> members)
            throws SQLException {
        List<Place> places = members.stream()
                .flatMap(member ->
                        member.databases().stream().map(database -> new Place(member.key(), member.shared(), database)))
                .toList();
        String sql = "SELECT m.rollout, count(DISTINCT (m.shared, m.key)), min(m.key) FROM tenantry.rollout r JOIN"
                + " tenantry.rollout_member m USING (rollout) JOIN unnest(?::text[], ?::boolean[], ?::text[]) AS wanted"
                + " (key, shared, database) ON wanted.key = m.key AND wanted.shared = m.shared AND wanted.database = ANY"
                + " (m.databases) WHERE r.finished_at IS NULL AND r.rollout <> ? GROUP BY m.rollout ORDER BY 1";
        return Sql.query(
                connection,
                sql,
                row -> new Conflict(row.getString(1), row.getInt(2), row.getString(3)),
                texts(connection, places, Place::key),
                connection.createArrayOf(
                        "bool", places.stream().map(Place::shared).toArray()),
                texts(connection, places, Place::database),
                rollout);
    }

    private record Place(String key, boolean shared, String database) {}

    private static <T> Array texts(Connection connection, List<T> rows, Function<T, String> value) throws SQLException {
        return connection.createArrayOf("text", rows.stream().map(value).toArray());
    }

    private static List<String> strings(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }

    private String encode(Map<String, String> attributes) {
        try {
            return json.writeValueAsString(attributes);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings is always JSON", impossible);
        }
    }
}
