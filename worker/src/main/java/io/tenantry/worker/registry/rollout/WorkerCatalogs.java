package io.tenantry.worker.registry.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The SQL of the workers' migrations. Without state: every method works in the caller's transaction. */
public final class WorkerCatalogs {
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Which migrations each live worker of a group has, in the order in which the workers joined. A worker is live until it
     * leaves, or until another worker has found that its lease ran out; no clock is compared.
     *
     * <p>Commands are members of the leases for a while; they are left out. A worker that has not said which migrations
     * it has is listed with none, unless it waits for its first connection: it takes no requests, and reads its
     * migrations only when it has one.
     */
    public List<AdvertisedCatalog> live(Connection connection, String group) throws SQLException {
        String sql = "SELECT w.application_name, c.database, c.head, c.versions FROM tenantry.worker w LEFT JOIN"
                + " tenantry.worker_catalog c USING (group_id, application_name) WHERE w.group_id = ? AND NOT w.fenced AND"
                + " w.most_connections IS NULL AND (c.database IS NOT NULL OR EXISTS (SELECT FROM tenantry.connection_lease l WHERE l.group_id ="
                + " w.group_id AND l.application_name = w.application_name AND l.connections > 0)) ORDER BY w.joined";
        Map<String, Map<String, AdvertisedCatalog.Database>> workers = new LinkedHashMap<>();
        // Most workers have the same migrations.
        Map<String, Map<String, String>> decoded = new HashMap<>();
        Sql.forEach(
                connection,
                sql,
                row -> {
                    Map<String, AdvertisedCatalog.Database> databases =
                            workers.computeIfAbsent(row.getString(1), worker -> new TreeMap<>());
                    @Nullable String database = row.getString(2);
                    if (database != null) {
                        Map<String, String> fingerprints = decoded.computeIfAbsent(row.getString(4), this::decode);
                        databases.put(database, new AdvertisedCatalog.Database(row.getString(3), fingerprints));
                    }
                },
                group);
        List<AdvertisedCatalog> catalogs = new ArrayList<>();
        workers.forEach((worker, databases) -> catalogs.add(new AdvertisedCatalog(worker, databases)));
        return catalogs;
    }

    /**
     * Writes which migrations a worker has, in place of what is there. Its row in {@code worker} must be there.
     *
     * @param databases by name
     */
    public void write(
            Connection connection, String group, String worker, Map<String, AdvertisedCatalog.Database> databases)
            throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM tenantry.worker_catalog WHERE group_id = ? AND application_name = ?",
                group,
                worker);
        List<@Nullable String> heads = new ArrayList<>();
        List<String> versions = new ArrayList<>();
        databases.values().forEach(database -> {
            heads.add(database.head());
            versions.add(encode(database.fingerprints()));
        });
        Sql.update(
                connection,
                "INSERT INTO tenantry.worker_catalog (group_id, application_name, database, head, versions) SELECT ?, ?, *"
                        + " FROM unnest(?::text[], ?::text[], ?::jsonb[])",
                group,
                worker,
                connection.createArrayOf("text", databases.keySet().toArray()),
                connection.createArrayOf("text", heads.toArray()),
                connection.createArrayOf("jsonb", versions.toArray()));
    }

    private String encode(Map<String, String> fingerprints) {
        try {
            return json.writeValueAsString(fingerprints);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings is always JSON", impossible);
        }
    }

    private Map<String, String> decode(String fingerprints) {
        try {
            return json.readValue(fingerprints, new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException invalid) {
            throw new IllegalStateException("worker_catalog.versions is no map of strings: " + fingerprints, invalid);
        }
    }
}
