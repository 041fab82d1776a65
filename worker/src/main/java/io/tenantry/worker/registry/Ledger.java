package io.tenantry.worker.registry;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.LedgerEntry.Identity;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The ledger's SQL. Without state: every method works in the caller's transaction. */
public final class Ledger {
    static final String COLUMNS = "source, id, type, key, topic, partition, \"offset\", result_id, result_source,"
            + " result_type, result_time, traceparent, result, published";

    /**
     * Writes the entries whose identity is new; the first entry of an identity wins.
     *
     * @return for each entry, in order, the row that the ledger has now
     */
    public List<Recorded> record(Connection connection, List<LedgerEntry> entries) throws SQLException {
        // In a fixed order, so that two workers that write the same identities do not deadlock.
        Map<Identity, LedgerEntry> firsts = new TreeMap<>(Comparator.comparing(Identity::source)
                .thenComparing(Identity::id)
                .thenComparing(Identity::type));
        entries.forEach(entry -> firsts.putIfAbsent(entry.identity(), entry));
        Map<Identity, Recorded> state = insert(connection, firsts.values());
        List<Identity> known =
                firsts.keySet().stream().filter(id -> !state.containsKey(id)).toList();
        if (!known.isEmpty()) {
            state.putAll(find(connection, known));
        }
        List<Recorded> recorded = new ArrayList<>(entries.size());
        for (LedgerEntry entry : entries) {
            Recorded row = state.get(entry.identity());
            if (row == null) {
                throw new SQLException("a row of the ledger vanished in the middle of a transaction", "40001");
            }
            recorded.add(row);
        }
        return recorded;
    }

    private static Map<Identity, Recorded> insert(Connection connection, Collection<LedgerEntry> entries)
            throws SQLException {
        String sql = "INSERT INTO tenantry.request (" + COLUMNS + ") SELECT *, false FROM unnest(?::text[], ?::text[],"
                + " ?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::text[],"
                + " ?::timestamptz[], ?::text[], ?::text[]) ON CONFLICT DO NOTHING RETURNING source, id, type";
        Map<Identity, LedgerEntry> byIdentity = new HashMap<>();
        entries.forEach(entry -> byIdentity.put(entry.identity(), entry));
        Map<Identity, Recorded> inserted = new HashMap<>();
        Columns<LedgerEntry> columns = new Columns<>(connection, entries)
                .add("text", e -> e.request().source())
                .add("text", e -> e.request().id())
                .add("text", e -> e.request().type())
                .add("text", e -> e.result().key())
                .add("text", e -> e.request().topic())
                .add("int4", e -> e.request().partition())
                .add("int8", e -> e.request().offset())
                .add("text", e -> e.result().id())
                .add("text", e -> e.result().source())
                .add("text", e -> e.result().type())
                .add("timestamptz", e -> String.valueOf(e.result().time()))
                .add("text", e -> e.result().traceparent())
                .add("text", e -> new String(e.result().data(), StandardCharsets.UTF_8));
        Sql.RowReader reader = row -> {
            Identity identity = new Identity(row.getString(1), row.getString(2), row.getString(3));
            LedgerEntry entry = byIdentity.get(identity);
            if (entry != null) {
                inserted.put(identity, new Recorded(entry, false));
            }
        };
        Sql.forEach(connection, sql, reader, columns.parameters());
        return inserted;
    }

    private static Map<Identity, Recorded> find(Connection connection, List<Identity> identities) throws SQLException {
        String sql = "SELECT " + COLUMNS + " FROM tenantry.request WHERE (source, id, type) IN (SELECT * FROM"
                + " unnest(?::text[], ?::text[], ?::text[]))";
        return Sql.query(connection, sql, Ledger::read, columns(connection, identities)).stream()
                .collect(Collectors.toMap(recorded -> recorded.entry().identity(), recorded -> recorded));
    }

    /** The rows of these requests; a request without a row has none here. */
    List<Recorded> find(Connection connection, Collection<RequestRef> requests) throws SQLException {
        return requests.isEmpty()
                ? List.of()
                : List.copyOf(find(
                                connection,
                                requests.stream().map(Identity::of).distinct().toList())
                        .values());
    }

    /** Marks the results of these requests as published. */
    public void markPublished(Connection connection, List<RequestRef> requests) throws SQLException {
        String sql = "UPDATE tenantry.request SET published = true WHERE NOT published AND (source, id, type) IN"
                + " (SELECT * FROM unnest(?::text[], ?::text[], ?::text[]))";
        Sql.update(
                connection,
                sql,
                columns(connection, requests.stream().map(Identity::of).toList()));
    }

    /**
     * Deletes the rows of requests whose results cannot be published. A row of the same identity from another place in
     * Kafka stays, and one that is marked as published, which another worker may have done.
     *
     * @return how many rows were deleted
     */
    int retract(Connection connection, List<RequestRef> requests) throws SQLException {
        String sql =
                "DELETE FROM tenantry.request WHERE NOT published AND (source, id, type, topic, partition, \"offset\")"
                        + " IN (SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[]))";
        Columns<RequestRef> columns = new Columns<>(connection, requests)
                .add("text", RequestRef::source)
                .add("text", RequestRef::id)
                .add("text", RequestRef::type)
                .add("text", RequestRef::topic)
                .add("int4", RequestRef::partition)
                .add("int8", RequestRef::offset);
        return Sql.update(connection, sql, columns.parameters());
    }

    /**
     * Deletes old rows, oldest first. The owner of the partition may still have to publish a row that is not marked as
     * published, for example after an outage of Kafka, so such a row is kept for twice as long. It is not kept longer,
     * because a worker that dies after publishing never marks its rows. Ages are measured by the database's clock,
     * which wrote the times, so that workers with different clocks agree.
     *
     * <p>Rows that another worker prunes or marks at this moment are skipped. So this never waits for a lock and is
     * part of no deadlock, and other transactions wait for one short transaction at most.
     *
     * @param limit rows at most
     * @return how many rows were deleted
     */
    public int prune(Connection connection, Duration retention, int limit) throws SQLException {
        String sql = "DELETE FROM tenantry.request WHERE ctid = ANY (ARRAY(SELECT ctid FROM tenantry.request WHERE"
                + " finished_at < now() - ? * interval '1 second' AND (published OR finished_at < now() - ? * interval"
                + " '1 second') ORDER BY finished_at LIMIT ? FOR UPDATE SKIP LOCKED))";
        long seconds = retention.toSeconds();
        return Sql.update(connection, sql, seconds, 2 * seconds, limit);
    }

    private static Object[] columns(Connection connection, List<Identity> identities) throws SQLException {
        return new Columns<>(connection, identities)
                .add("text", Identity::source)
                .add("text", Identity::id)
                .add("text", Identity::type)
                .parameters();
    }

    /** Reads a row with {@link #COLUMNS}. */
    static Recorded read(ResultSet row) throws SQLException {
        RequestRef request = new RequestRef(
                row.getString("id"),
                row.getString("source"),
                row.getString("type"),
                row.getString("topic"),
                row.getInt("partition"),
                row.getLong("offset"));
        @Nullable String traceparent = row.getString("traceparent");
        EncodedEvent result = new EncodedEvent(
                row.getString("result_id"),
                row.getString("result_source"),
                row.getString("result_type"),
                row.getObject("result_time", OffsetDateTime.class)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toInstant(),
                traceparent,
                row.getString("key"),
                row.getString("result").getBytes(StandardCharsets.UTF_8));
        return new Recorded(new LedgerEntry(request, result), row.getBoolean("published"));
    }
}
