package io.tenantry.worker.engine.snapshot;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that a schema consists of, its rows of data apart: two schemas made by the same scripts are equal, whatever
 * their names, in whichever databases, and any detail that differs makes them differ. The history table is one of the
 * tables. The state of sequences is data, see {@link DataSnapshot}; so is the comment on the schema, Tenantry's mark.
 *
 * <p>What cannot be told from a difference: the schema's name in a string constant, in a comment, in an argument of a
 * trigger, or as a regnamespace; see {@link SchemaNameMask} for the bodies of functions. Members that other schemas have added
 * to operator families elsewhere are not seen. Owners and grantees are compared by name. Snapshots are comparable between
 * servers of the same major version, and when made by the same release of Tenantry.
 *
 * @param entries by label, such as {@code column users.email} or {@code owner of table users}
 */
public record CatalogSnapshot(SortedMap<String, Entry> entries) {
    private static final String QUERY = SqlText.of(CatalogSnapshot.class, "catalog-snapshot.sql");
    /** Their definitions hold text as it was written. */
    private static final Set<String> WITH_RAW_TEXT = Set.of("function", "procedure");

    private static final String MISSING_SCHEMA = "3F000";

    /**
     * One thing about the schema.
     *
     * @param partOf the label of what it belongs to; empty if that is the schema
     */
    public record Entry(String partOf, String definition) {}

    public CatalogSnapshot {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /**
     * Reads the catalogs in one query, inside the connection's transaction if it has one. Like any reader of
     * definitions it waits for sessions that hold a table exclusively, as long as {@code lock_timeout} says.
     *
     * @throws SQLException also if there is no such schema, or the role lacks USAGE on it (SQLSTATE 3F000): an empty
     *     snapshot would equal that of any other that is missing
     */
    public static CatalogSnapshot of(Connection connection, String schema) throws SQLException {
        SchemaNameMask ownName = new SchemaNameMask(schema);
        SortedMap<String, Entry> entries = new TreeMap<>();
        List<String> repeated = new ArrayList<>();
        NeutralQuery.ofCatalogs(connection).run(QUERY, List.of(schema), row -> {
            String kind = row.getString(1);
            String definition = row.getString(4);
            Entry entry =
                    new Entry(row.getString(3), WITH_RAW_TEXT.contains(kind) ? ownName.hide(definition) : definition);
            String label = (kind + " " + row.getString(2)).strip();
            if (entries.put(label, entry) != null) {
                repeated.add(label);
            }
        });
        if (entries.isEmpty()) {
            throw new SQLException(
                    "schema " + schema + " does not exist, or this role lacks USAGE on it; there is nothing to compare",
                    MISSING_SCHEMA);
        }
        if (!repeated.isEmpty()) {
            throw new IllegalStateException("several objects of schema " + schema + " have one label: " + repeated);
        }
        return new CatalogSnapshot(entries);
    }

    /** SHA-256 of everything in it, in hex: equal for equal snapshots. */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            entries.forEach(
                    (label, entry) -> digest.update((label + '\0' + entry.partOf() + '\0' + entry.definition() + '\0')
                            .getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /**
     * What differs, in lines such as {@code index users_email: only here} and {@code column users.email: `text NOT NULL`
     * here, `text` there}. Of an object that only one side has, its parts are not listed. Bounded: at most 20 lines, the
     * last of which may count the others.
     *
     * @return empty if they are equal
     */
    public List<String> differences(CatalogSnapshot other) {
        return new CatalogDifferences(this, other).lines();
    }
}
