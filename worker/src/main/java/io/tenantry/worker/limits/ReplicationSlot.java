package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot, and what PostgreSQL keeps for its reader, in all databases.
 *
 * @param isActive whether somebody reads it now
 * @param unread since when nobody does; null if somebody does, or if the server is older than 17, which does not say it
 * @param transactions how many have begun since the oldest one whose row versions are kept; null if none are kept
 * @param wal bytes that are kept
 * @param mostWal bytes that the server keeps without a slot
 */
record ReplicationSlot(
        String name,
        boolean isActive,
        @Nullable Duration unread,
        @Nullable Long transactions,
        long wal,
        long mostWal) {
    /** A slot that is lost keeps nothing. A standby has no position of its own to write at. */
    private static final String ALL =
            "SELECT s.slot_name, s.active, extract(epoch FROM clock_timestamp() - (to_jsonb(s) ->>"
                    + " 'inactive_since')::timestamptz)::bigint, greatest(age(s.xmin), age(s.catalog_xmin)),"
                    + " coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(),"
                    + " pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, s.restart_lsn), 0)::bigint,"
                    + " pg_size_bytes(current_setting('max_wal_size')) FROM pg_catalog.pg_replication_slots s WHERE s.wal_status"
                    + " <> 'lost' ORDER BY 4 DESC NULLS LAST, 5 DESC, 1";

    /** Those that keep anything: the one with the oldest row versions first. */
    static List<ReplicationSlot> all(Connection connection) throws SQLException {
        return Sql.query(connection, ALL, ReplicationSlot::read);
    }

    private static ReplicationSlot read(ResultSet row) throws SQLException {
        @Nullable Long seconds = row.getObject(3, Long.class);
        @Nullable Integer transactions = row.getObject(4, Integer.class);
        return new ReplicationSlot(
                row.getString(1),
                row.getBoolean(2),
                seconds == null ? null : Duration.ofSeconds(seconds),
                transactions == null ? null : transactions.longValue(),
                row.getLong(5),
                row.getLong(6));
    }

    /**
     * Whether it should be named.
     *
     * @param longest that nobody may read it
     * @param most transactions of which it may be behind
     */
    boolean holdsBack(Duration longest, long most) {
        boolean isLeft = !isActive && (unread == null ? transactions != null : unread.compareTo(longest) >= 0);
        return isLeft || (transactions != null && transactions > most) || wal > mostWal;
    }

    /** For people. */
    String shown() {
        String state = isActive ? "active" : "inactive" + (unread == null ? "" : " for " + unread.toMinutes() + " min");
        return "replication slot " + name + " (" + state
                + (transactions == null ? "" : ", " + Counted.of(transactions, "transaction") + " behind")
                + ", " + Counted.bytes(wal) + " of WAL)";
    }
}
