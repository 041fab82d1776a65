package io.tenantry.worker.registry.overview;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.postgres.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The SQL of the ledger for readers. The ledger has a request for {@code registry.ledger-retention}. */
public final class RequestHistory {
    /** Also the condition of the index {@code request_failed}. */
    private static final String IS_FAILURE = Arrays.stream(RequestType.values())
            .map(type -> "'" + type.failed().type() + "'")
            .collect(Collectors.joining(", ", "result_type IN (", ")"));
    /** A tenant and a shared database may have the same name: the field of the result tells them apart. */
    private static final String IS_OF = "result::json -> ?::text IS NOT NULL";

    private static final String NEWEST_FIRST = " ORDER BY finished_at DESC, result_time DESC LIMIT ";

    private final EventCodec codec = new EventCodec();

    /**
     * The requests of a tenant, newest first.
     *
     * @param limit at most so many
     */
    public List<AnsweredRequest> ofTenant(Connection connection, String tenant, int limit) throws SQLException {
        return Sql.query(
                connection,
                "SELECT result, published, finished_at FROM tenantry.request WHERE key = ? AND " + IS_OF + NEWEST_FIRST
                        + "?",
                this::read,
                tenant,
                "tenant",
                limit);
    }

    /**
     * The tenants whose last request failed, with that request; skipped requests do not count, because they did
     * nothing. A tenant whose onboarding failed is among them, although it is not registered.
     *
     * @return by tenant, in the order of their names
     */
    public Map<String, AnsweredRequest> failedTenants(Connection connection) throws SQLException {
        return failed(connection, "tenant");
    }

    /** The same for shared databases. */
    public Map<String, AnsweredRequest> failedSharedDatabases(Connection connection) throws SQLException {
        return failed(connection, "database");
    }

    /** Reads the last request only of those that have failed once, by an index that has nothing but failures. */
    private Map<String, AnsweredRequest> failed(Connection connection, String field) throws SQLException {
        String sql = "SELECT last.* FROM (SELECT DISTINCT key FROM tenantry.request WHERE " + IS_FAILURE
                + ") AS failed CROSS JOIN LATERAL (SELECT key, result_type, result, published, finished_at FROM"
                + " tenantry.request WHERE key = failed.key AND result_type <> '" + EventType.MIGRATION_SKIPPED.type()
                + "' AND " + IS_OF + NEWEST_FIRST + "1) AS last WHERE last." + IS_FAILURE
                + " ORDER BY last.key COLLATE \"C\"";
        Map<String, AnsweredRequest> failed = new LinkedHashMap<>();
        Sql.forEach(connection, sql, row -> failed.put(row.getString("key"), read(row)), field);
        return failed;
    }

    /**
     * Which of these requests were answered: by a result in the ledger, or by a rollout that took the verb.
     *
     * @param type of all of them
     * @return their ids
     */
    public Set<String> answered(Connection connection, String source, EventType type, Collection<String> ids)
            throws SQLException {
        boolean verbs = type == EventType.ROLLOUT_REQUESTED;
        String sql = verbs
                ? "SELECT id FROM tenantry.rollout_verb WHERE source = ? AND id = ANY (?)"
                : "SELECT id FROM tenantry.request WHERE source = ? AND id = ANY (?) AND type = '" + type.type() + "'";
        return Set.copyOf(Sql.query(
                connection, sql, row -> row.getString(1), source, connection.createArrayOf("text", ids.toArray())));
    }

    private AnsweredRequest read(ResultSet row) throws SQLException {
        @Nullable String result = row.getString("result");
        return new AnsweredRequest(
                codec.decodeData(String.valueOf(result).getBytes(StandardCharsets.UTF_8), TenantResult.class),
                row.getBoolean("published"),
                row.getObject("finished_at", OffsetDateTime.class).toInstant());
    }
}
