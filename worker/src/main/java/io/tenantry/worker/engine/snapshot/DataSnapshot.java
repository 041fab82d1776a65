package io.tenantry.worker.engine.snapshot;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rows of data of a schema, as counts and digests, and the state of its sequences. Of each table (leaves of
 * partitions and materialized views too; neither the history table nor foreign tables) there is a digest of the rows,
 * whatever their order, and one of each column's values, so that two snapshots tell which columns differ: those made of
 * now() or random() do between two runs. Values count as text, in fixed settings, so that types without order or
 * equality have a digest too.
 *
 * <p>The state of sequences is here and not in {@link CatalogSnapshot}, because that of a tenant moves on as it lives.
 * It does not depend on volatile values and is always compared.
 *
 * <p>The digest is the sum of 64-bit hashes: safe against chance, not against somebody who makes up rows.
 *
 * @param tables by name
 * @param sequences by name: the last value, or the first one followed by {@code (next)} if none was handed out
 */
public record DataSnapshot(SortedMap<String, Table> tables, SortedMap<String, String> sequences) {
    /**
     * The rows of one table.
     *
     * @param digest of the rows, without the columns that were left out
     * @param columns the digest of each column by its name, those that were left out too
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

    /** All columns; see {@link #of(Connection, String, Set)}. */
    public static DataSnapshot of(Connection connection, String schema) throws SQLException {
        return of(connection, schema, Set.of());
    }

    /**
     * Reads every row of every table, on the server; nothing but digests leaves it. What other sessions change at the
     * same time may be in it for some tables and not for others, unless the transaction is a repeatable read.
     *
     * @param leftOut columns that the digests of rows do not count; those that do not exist are ignored
     * @throws SQLException also if there is no such schema (SQLSTATE 3F000), or if row level security would hide rows
     *     from the connection's role (42501)
     */
    public static DataSnapshot of(Connection connection, String schema, Set<TableColumn> leftOut) throws SQLException {
        return new DataReader(connection, schema, leftOut).read();
    }

    /** What differs. Both should have left out the same columns. */
    public DataDifferences differences(DataSnapshot other) {
        return DataDifferences.between(this, other);
    }
}
