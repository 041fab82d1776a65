package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.worker.postgres.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The SQL of the events of {@code rollout.results} and {@code tenant.drift}, which the owners of the partitions of {@code
 * rollout.requested} publish. Without state: every method works in the caller's transaction.
 */
public final class Outbox {
    /** An event and its position in the outbox. */
    public record Entry(int partition, long position, EncodedEvent event) {}

    /** Appends an event; the partition is locked until the transaction ends, so that positions commit in their order. */
    public void append(Connection connection, String group, int partition, EncodedEvent event) throws SQLException {
        long position = Sql.one(
                connection,
                "INSERT INTO tenantry.rollout_partition AS p (group_id, partition, position) VALUES (?, ?, 1) ON CONFLICT"
                        + " (group_id, partition) DO UPDATE SET position = p.position + 1 RETURNING position",
                row -> row.getLong(1),
                group,
                partition);
        Sql.update(
                connection,
                "INSERT INTO tenantry.rollout_event (group_id, partition, position, rollout, id, type, time,"
                        + " traceparent, data) VALUES (?, ?, ?, ?, ?, ?, ?::timestamptz, ?, ?)",
                group,
                partition,
                position,
                event.key(),
                event.id(),
                event.type(),
                String.valueOf(event.time()),
                event.traceparent(),
                new String(event.data(), StandardCharsets.UTF_8));
    }

    /**
     * Where publishing goes on, for a worker that takes the partition over.
     *
     * @param published the position in the metadata of the committed offset; empty if there is none: then the marks in the
     *     registry count
     * @return the position of the last event that is not to be published again
     */
    public long begin(Connection connection, String group, int partition, OptionalLong published) throws SQLException {
        if (published.isPresent()) {
            // If the registry was restored from a backup, new events must come behind those that were published.
            Sql.update(
                    connection,
                    "INSERT INTO tenantry.rollout_partition AS p (group_id, partition, position) VALUES (?, ?, ?) ON"
                            + " CONFLICT (group_id, partition) DO UPDATE SET position = excluded.position WHERE p.position"
                            + " < excluded.position",
                    group,
                    partition,
                    published.getAsLong());
            // The owner before may have died before it marked them.
            Sql.update(
                    connection,
                    "UPDATE tenantry.rollout_event SET published = true WHERE group_id = ? AND partition = ? AND position <="
                            + " ? AND NOT published",
                    group,
                    partition,
                    published.getAsLong());
            return published.getAsLong();
        }
        return Sql.one(
                connection,
                "SELECT coalesce(max(position), 0) FROM tenantry.rollout_event WHERE group_id = ? AND partition = ? AND"
                        + " published",
                row -> row.getLong(1),
                group,
                partition);
    }

    /**
     * The events behind these positions, in the order of each partition.
     *
     * @param positions by partition
     */
    public List<Entry> after(
            Connection connection, String source, String group, Map<Integer, Long> positions, int limit)
            throws SQLException {
        List<Integer> partitions = List.copyOf(positions.keySet());
        return Sql.query(
                connection,
                "SELECT e.* FROM unnest(?::int[], ?::bigint[]) AS after (partition, position) JOIN tenantry.rollout_event"
                        + " e ON e.group_id = ? AND e.partition = after.partition AND e.position > after.position ORDER BY"
                        + " e.partition, e.position LIMIT ?",
                row -> read(row, source),
                connection.createArrayOf("int4", partitions.toArray()),
                connection.createArrayOf(
                        "int8", partitions.stream().map(positions::get).toArray()),
                group,
                limit);
    }

    /** Marks events as published. */
    public void published(Connection connection, String group, int partition, Collection<Long> positions)
            throws SQLException {
        Sql.update(
                connection,
                "UPDATE tenantry.rollout_event SET published = true WHERE group_id = ? AND partition = ? AND position ="
                        + " ANY (?)",
                group,
                partition,
                connection.createArrayOf("int8", positions.toArray()));
    }

    private static Entry read(ResultSet row, String source) throws SQLException {
        return new Entry(
                row.getInt("partition"),
                row.getLong("position"),
                new EncodedEvent(
                        row.getString("id"),
                        source,
                        row.getString("type"),
                        row.getObject("time", OffsetDateTime.class).toInstant(),
                        row.getString("traceparent"),
                        row.getString("rollout"),
                        row.getString("data").getBytes(StandardCharsets.UTF_8)));
    }
}
