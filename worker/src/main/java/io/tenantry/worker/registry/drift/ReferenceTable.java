package io.tenantry.worker.registry.drift;

import io.tenantry.worker.engine.reference.Reference;
import io.tenantry.worker.engine.reference.ReferenceStore;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** References in the registry, for all workers and commands. Safe for use by many threads. */
public final class ReferenceTable implements ReferenceStore {
    private static final String FIND =
            "SELECT entries, used_at < now() - interval '1 day' FROM tenantry.reference WHERE server = ? AND database = ?"
                    + " AND path_key = ? AND server_version = ? AND role = ? AND format = ?";
    private static final String USE =
            "UPDATE tenantry.reference SET used_at = now() WHERE server = ? AND database = ? AND path_key = ?";
    private static final String KEEP =
            "INSERT INTO tenantry.reference (server, database, path_key, server_version, role, format, entries) VALUES"
                    + " (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (server, database, path_key) DO UPDATE SET server_version ="
                    + " excluded.server_version, role = excluded.role, format = excluded.format, made_at ="
                    + " now(), used_at = now(), entries = excluded.entries";
    private static final String PRUNE =
            "DELETE FROM tenantry.reference WHERE used_at < now() - ? * interval '1 millisecond'";

    private final Registry registry;

    public ReferenceTable(Registry registry) {
        this.registry = registry;
    }

    @Override
    public Optional<Reference> find(Place place) throws SQLException {
        return registry.inTransaction(connection -> find(connection, place));
    }

    private static Optional<Reference> find(Connection connection, Place place) throws SQLException {
        record Row(CatalogSnapshot tokens, boolean isOld) {}
        Optional<Row> found = Sql.first(
                connection,
                FIND,
                row -> new Row(PackedEntries.unpack(row.getBytes(1)), row.getBoolean(2)),
                place.server(),
                place.database(),
                place.path(),
                place.serverVersion(),
                place.role(),
                place.format());
        if (found.isPresent() && found.get().isOld()) {
            Sql.update(connection, USE, place.server(), place.database(), place.path());
        }
        return found.map(row -> new Reference(row.tokens()));
    }

    @Override
    public void keep(Place place, Reference reference) throws SQLException {
        byte[] entries = PackedEntries.pack(reference.tokens());
        registry.inTransaction(connection -> Sql.update(
                connection,
                KEEP,
                place.server(),
                place.database(),
                place.path(),
                place.serverVersion(),
                place.role(),
                place.format(),
                entries));
    }

    /**
     * Deletes references that were not used for so long.
     *
     * @return how many
     */
    public int prune(Duration unused) throws SQLException {
        return registry.inTransaction(connection -> Sql.update(connection, PRUNE, unused.toMillis()));
    }
}
