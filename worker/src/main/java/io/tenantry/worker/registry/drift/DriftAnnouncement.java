package io.tenantry.worker.registry.drift;

import io.tenantry.contracts.DriftIds;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.TenantDrift;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.drift.DriftTable.Row;
import io.tenantry.worker.registry.rollout.Outbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;

/**
 * Appends the events of drift to the outbox, in the caller's transaction. A worker of a release before these events would drop
 * them; while there is one, nothing is appended, and the next look at the home does it. Safe for use by many threads.
 */
final class DriftAnnouncement {
    /**
     * Of {@code rollout.requested}, whose owner publishes all of them: the events of a home stay in order whatever the number
     * of partitions.
     */
    private static final int PARTITION = 0;

    /** What {@code worker.publishes} has if a worker knows these events. */
    private static final int KNOWS_DRIFT = 2;

    /** A row may be that of a worker that died when no other one was there to delete it. */
    private static final String ALL_KNOW =
            "SELECT NOT EXISTS (SELECT FROM tenantry.worker WHERE group_id = ? AND NOT fenced AND most_connections IS NULL AND"
                    + " coalesce(publishes, 0) < ? AND expires_at > now() - interval '1 minute')";

    private final Outbox outbox = new Outbox();
    private final EventCodec codec = new EventCodec();
    private final String group;
    private final String source;

    DriftAnnouncement(String group, String source) {
        this.group = group;
        this.source = source;
    }

    /** Appends the event that is due after the look, if there is one; returns the row as it is to be written. */
    Row append(Connection connection, DriftLook look, Row row) throws SQLException {
        boolean hasDrifted = look.state() == DriftState.DRIFTED;
        boolean isOver = look.state() == DriftState.CLEAN && row.since() != null;
        boolean isDue = hasDrifted ? !row.announced() : isOver && row.announced();
        if (!isDue) {
            return isOver ? ended(row) : row;
        }
        if (!allKnow(connection)) {
            return row;
        }
        outbox.append(connection, group, PARTITION, event(look, row));
        return hasDrifted ? new Row(false, row.since(), row.episode(), true) : ended(row);
    }

    private static Row ended(Row row) {
        return new Row(false, null, row.episode(), false);
    }

    private boolean allKnow(Connection connection) throws SQLException {
        return Sql.one(connection, ALL_KNOW, row -> row.getBoolean(1), group, KNOWS_DRIFT);
    }

    private EncodedEvent event(DriftLook look, Row row) {
        LookedAt home = look.home();
        boolean hasDrifted = look.state() == DriftState.DRIFTED;
        int named = Math.min(look.differences().size(), TenantDrift.MAX_DIFFERENCES);
        Instant since = Objects.requireNonNull(row.since());
        TenantDrift data = new TenantDrift(
                home.tenant(),
                home.database(),
                home.server(),
                home.location(),
                look.version(),
                look.differences().stream()
                        .limit(named)
                        .map(FoundDifference::published)
                        .toList(),
                look.differences().size() - named,
                since,
                look.begunAt(),
                look.worker());
        String id = hasDrifted
                ? DriftIds.drifted(home.key(), home.isShared(), home.database(), row.episode())
                : DriftIds.cleared(home.key(), home.isShared(), home.database(), row.episode());
        EventType type = hasDrifted ? EventType.TENANT_DRIFTED : EventType.DRIFT_CLEARED;
        return new EncodedEvent(id, source, type.type(), look.begunAt(), null, data.key(), codec.encodeData(data));
    }
}
