package io.tenantry.worker.engine.snapshot;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rows of a schema, as counts and digests, and the states of its sequences. Each table (also a leaf of a partitioned
 * table and a materialized view; neither the history table nor a foreign table) has one digest of its rows, in any
 * order, and one digest of each column's values. So two snapshots tell which columns differ; columns that are filled by
 * now() or random() differ between two runs. Values count as text, in fixed settings, so that types without order or
 * equality have a digest too.
 *
 * <p>The states of sequences are here and not in {@link CatalogSnapshot}, because a tenant's sequences move on as it
 * works. They do not depend on volatile values and are always compared.
 *
 * <p>A digest is the sum of 64-bit hashes. Two different tables practically never have the same digest by chance. Rows
 * can be chosen so that they do.
 *
 * @param tables by name
 * @param sequences by name: the last value, or the first value followed by {@code (next)} if none was handed out
 */
public record DataSnapshot(SortedMap<String, Table> tables, SortedMap<String, String> sequences) {
    /**
     * The rows of one table.
     *
     * @param digest of the rows, without the excluded columns
     * @param columns the digest of each column by its name, also of excluded ones
     */
    public record Table(long rows, String digest, SortedMap<String, String> columns) {
        public Table {
            columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
        }
    }

    public DataSnapshot {
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
        sequences = Collections.unmodifiableSortedMap(new TreeMap<>(sequences));
    }

    /** Without excluded columns; see {@link #of(Connection, String, Set)}. */
    public static DataSnapshot of(Connection connection, String schema) throws SQLException {
        return of(connection, schema, Set.of());
    }

    /**
     * Reads every row of every table, on the server; only digests leave the server. Changes that other sessions make at
     * the same time may be seen in some tables and not in others, unless the transaction is a repeatable read.
     *
     * @param excluded columns that the digests of rows do not count; a column that does not exist is ignored
     * @throws SQLException also if there is no such schema (SQLSTATE 3F000), or if row level security would hide rows
     *     from the connection's role (42501)
     */
    public static DataSnapshot of(Connection connection, String schema, Set<TableColumn> excluded) throws SQLException {
        return new DataReader(connection, schema, excluded).read();
    }

    /** What differs. Both snapshots must have the same excluded columns. */
    public DataDifferences differences(DataSnapshot other) {
        return DataDifferences.between(this, other);
    }
}
