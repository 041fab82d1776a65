package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.postgres.Sha256;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that a schema defines, without its rows. The snapshots of two schemas that the same scripts made are equal,
 * whatever the names of the schemas and of their databases. Any detail that differs makes the snapshots differ. The
 * history table is one of the tables. The states of sequences belong to {@link DataSnapshot}. The comment on the schema
 * is Tenantry's mark and belongs to neither.
 *
 * <p>The schema's own name counts as a difference in a string constant, in a comment, in an argument of a trigger, and as a
 * regnamespace; see {@link SchemaNameMask} for the bodies of functions. Members that other schemas added to operator
 * families elsewhere are not seen. Owners and grantees are compared by name. Snapshots are comparable between servers
 * of the same major version, if the same release of Tenantry read them.
 *
 * @param entries by label, such as {@code column users.email} or {@code owner of table users}
 */
public record CatalogSnapshot(SortedMap<String, Entry> entries) {
    /** The names of the prepared statements that reading a snapshot leaves in the session begin with this. */
    public static final String PREPARED = "tenantry_snapshot_";

    /**
     * The definition of one object, or of one property of an object.
     *
     * @param partOf the label of the object that it belongs to; empty if it belongs to the schema itself
     */
    public record Entry(String partOf, String definition) {}

    public CatalogSnapshot {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /**
     * Reads the catalogs, inside the connection's transaction if it has one. One query is enough for most schemas; a
     * second one reads kinds of objects that are rare. The queries wait for sessions that hold an exclusive lock on one of
     * the tables, up to {@code lock_timeout}. They stay in the session as prepared statements: see {@link #PREPARED}.
     *
     * @throws SQLException also if there is no such schema, or the role lacks USAGE on it (SQLSTATE 3F000): the snapshots of
     *     all missing schemas would be equal
     */
    public static CatalogSnapshot of(Connection connection, String schema) throws SQLException {
        return new CatalogReader(connection, schema).read();
    }

    /**
     * The same for a database of one tenant, with the database itself (owner, privileges, settings), its event triggers,
     * publications and foreign servers, and with each {@linkplain FurtherSchemas further schema} that belongs neither to
     * PostgreSQL nor to an extension.
     *
     * @param schema of the tables; it has the labels of a snapshot of it alone
     */
    public static CatalogSnapshot ofDatabase(Connection connection, String schema) throws SQLException {
        SortedMap<String, Entry> entries = new TreeMap<>(of(connection, schema).entries());
        NeutralQuery.ofCatalogs(connection)
                .run(
                        CatalogReader.DATABASE_OBJECTS,
                        List.of(),
                        row -> entries.put(row.getString(1), new Entry(row.getString(2), row.getString(3))));
        entries.putAll(FurtherSchemas.read(connection, schema));
        return new CatalogSnapshot(entries);
    }

    /** 16 hex digits of how a snapshot is read: a release with another one reads other snapshots of the same schema. */
    public static String format() {
        return CatalogReader.format();
    }

    /** SHA-256 of everything in it, in hex: equal for equal snapshots. */
    public String fingerprint() {
        Sha256 digest = new Sha256();
        entries.forEach((label, entry) -> digest.add(label + '\0' + entry.partOf() + '\0' + entry.definition() + '\0'));
        return digest.hex();
    }

    /**
     * What differs, by the labels of the objects. If only one side has an object, its parts are not listed.
     *
     * @return empty if the two are equal
     */
    public List<Difference> differences(CatalogSnapshot other) {
        return equals(other) ? List.of() : new CatalogDifferences(this, other).all();
    }
}
