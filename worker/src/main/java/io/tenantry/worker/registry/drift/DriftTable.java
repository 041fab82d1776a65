package io.tenantry.worker.registry.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.Registry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the last look at each home has found. When a home begins to drift, and when it no longer does, an event is appended to
 * the outbox in the same transaction, so each is published once. Safe for use by many threads.
 */
public final class DriftTable {
    /** So many differences of a home are stored. */
    private static final int MOST_DIFFERENCES = 50;

    private static final String ADD =
            "INSERT INTO tenantry.drift_home (shared, key, database) SELECT false, tenant, database FROM tenantry.tenant_home"
                    + " WHERE tenant = ? AND database = ? ON CONFLICT DO NOTHING";
    private static final String ADD_SHARED =
            "INSERT INTO tenantry.drift_home (shared, key, database) SELECT true, database, database FROM"
                    + " tenantry.shared_database WHERE database = ? ON CONFLICT DO NOTHING";
    private static final String LOCK =
            "SELECT coalesce(checked_at >= ?, false) OR coalesce(sight > ? AND checked_at > now() - interval '1 day', false),"
                    + " since, episode, announced FROM tenantry.drift_home WHERE shared = ? AND key = ? AND database = ? FOR"
                    + " UPDATE";
    private static final String WRITE =
            "UPDATE tenantry.drift_home SET state = ?, checked_at = ?, looked_at = greatest(looked_at, ?), path_key = ?,"
                    + " differences = ?::jsonb, difference_count = ?, reason = ?, since = ?, episode = ?, announced = ?, sight = ?"
                    + " WHERE shared = ? AND key = ? AND database = ?";

    private final Registry registry;
    private final DriftAnnouncement announcement;
    private final ObjectMapper json = new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    /** What {@link #record} has made of a look. */
    public enum Recorded {
        /** The home begins to drift. */
        BEGUN,
        /** The home no longer drifts, and its event is in the outbox if there is one. */
        CLEARED,
        /** It is as it was. */
        SAME,
        /** A later look has been recorded, or one that could see more, or the home is not registered: nothing was written. */
        DROPPED
    }

    /**
     * A row, as it is before it is written.
     *
     * @param isLater whether a later look is recorded, or one that could see more
     * @param since when the home was first seen to drift; null if it does not
     * @param episode the number of the last time that it drifted
     * @param announced whether its beginning is in the outbox, and its end is not
     */
    record Row(boolean isLater, @Nullable Instant since, long episode, boolean announced) {}

    /**
     * For the homes of the registry's fleet.
     *
     * @param group the consumer group, whose workers publish the events
     * @param source {@code ce_source} of all events of the group
     */
    public DriftTable(Registry registry, String group, String source) {
        this.registry = registry;
        this.announcement = new DriftAnnouncement(group, source);
    }

    /** The time by the registry's clock; to be asked before a look. */
    public Instant now() throws SQLException {
        return registry.inTransaction(connection -> Sql.one(
                connection,
                "SELECT clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant()));
    }

    /**
     * Writes what a look has found, unless a later look is recorded, or in the last day one that could see more: of two
     * releases that run side by side, only the newer one begins and clears drift. A home that cannot be read goes on drifting
     * if it did.
     */
    public Recorded record(DriftLook look) throws SQLException {
        return registry.inTransaction(connection -> record(connection, look));
    }

    private Recorded record(Connection connection, DriftLook look) throws SQLException {
        LookedAt home = look.home();
        if (home.isShared()) {
            Sql.update(connection, ADD_SHARED, home.database());
        } else {
            Sql.update(connection, ADD, home.tenant(), home.database());
        }
        Optional<Row> locked = Sql.first(
                connection,
                LOCK,
                DriftTable::read,
                time(look.begunAt()),
                look.sight(),
                home.isShared(),
                home.key(),
                home.database());
        if (locked.isEmpty() || locked.get().isLater()) {
            return Recorded.DROPPED;
        }
        Row before = locked.get();
        Row after = announcement.append(connection, look, next(look, before));
        write(connection, look, after);
        if (before.since() == null) {
            return after.since() == null ? Recorded.SAME : Recorded.BEGUN;
        }
        return after.since() == null ? Recorded.CLEARED : Recorded.SAME;
    }

    /** The row after the look, before anything is published. */
    private static Row next(DriftLook look, Row before) {
        boolean begins = look.state() == DriftState.DRIFTED && before.since() == null;
        // Not from 1: a registry that was lost must not use the ids of events again.
        long next = Math.max(before.episode() + 1, look.begunAt().getEpochSecond());
        return begins ? new Row(false, look.begunAt(), next, before.announced()) : before;
    }

    private void write(Connection connection, DriftLook look, Row row) throws SQLException {
        List<FoundDifference> stored = look.differences().stream()
                .limit(MOST_DIFFERENCES)
                .map(FoundDifference::masked)
                .toList();
        LookedAt home = look.home();
        Sql.update(
                connection,
                WRITE,
                look.state().column(),
                time(look.begunAt()),
                time(look.begunAt()),
                look.pathKey(),
                json(stored),
                look.differences().size(),
                look.reason(),
                time(row.since()),
                row.episode(),
                row.announced(),
                look.sight(),
                home.isShared(),
                home.key(),
                home.database());
    }

    private String json(List<FoundDifference> differences) {
        try {
            return json.writeValueAsString(differences);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static Row read(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime since = row.getObject(2, OffsetDateTime.class);
        return new Row(row.getBoolean(1), since == null ? null : since.toInstant(), row.getLong(3), row.getBoolean(4));
    }
}
