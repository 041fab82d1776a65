package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.IndexBuilds;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Indexes of tenants that PostgreSQL maintains and never reads: those that a CREATE INDEX or REINDEX CONCURRENTLY has left
 * when it failed, and those of partitioned tables that lack a valid index of a partition. Indexes of a table on which one is
 * being built are left out.
 */
final class InvalidIndexes implements LimitCheck {
    private static final int NAMED = 5;

    /** Indexes of TOAST tables are in a schema that is no tenant's. */
    private static final String INVALID = MarkedSchemas.HOMES
            + ", building AS MATERIALIZED (" + IndexBuilds.TABLES
            + "), invalid AS (SELECT CASE WHEN owner.oid IS NULL THEN h.schema || '.' || c.relname ELSE c.oid::regclass || ' of '"
            + " || h.schema || '.' || owner.relname END AS name, c.relkind = 'I' AS parent, c.relkind = 'i' AND"
            + " c.relispartition AS part, (SELECT count(*) FROM pg_catalog.pg_inherits p WHERE p.inhparent = i.indrelid) AS"
            + " partitions, (SELECT count(*) FROM pg_catalog.pg_inherits p WHERE p.inhparent = i.indexrelid) AS attached"
            + " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_catalog.pg_class"
            + " owner ON owner.reltoastrelid = i.indrelid JOIN homes h ON h.oid = coalesce(owner.relnamespace,"
            + " c.relnamespace) WHERE NOT i.indisvalid AND i.indrelid NOT IN (SELECT relation FROM"
            + " building)) SELECT name, parent, partitions, attached, count(*) OVER (), count(*) FILTER (WHERE part) OVER (),"
            + " count(*) FILTER (WHERE parent) OVER () FROM invalid ORDER BY name LIMIT " + NAMED;

    /**
     * One of them.
     *
     * @param isParent whether it is the index of a partitioned table
     * @param partitions of its table
     * @param attached how many of them have an index in it
     */
    private record Invalid(String name, boolean isParent, long partitions, long attached, Counts counts) {
        @Override
        public String toString() {
            return isParent
                    ? name + " (" + Counted.number(attached) + " of " + Counted.of(partitions, "partition")
                            + " attached)"
                    : name;
        }
    }

    /** How many there are of all, of partitions' indexes that belong to one of the partitioned table, and of the latter. */
    private record Counts(long all, long parts, long parents) {}

    @Override
    public String name() {
        return "invalid-indexes";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        List<Invalid> found = Sql.query(
                connection,
                INVALID,
                row -> new Invalid(
                        row.getString(1),
                        row.getBoolean(2),
                        row.getLong(3),
                        row.getLong(4),
                        new Counts(row.getLong(5), row.getLong(6), row.getLong(7))));
        if (found.isEmpty()) {
            return LimitFinding.ok(server.name(), name(), "none" + server.leftOut(), null);
        }
        Counts counts = found.get(0).counts();
        String names = String.join(", ", found.stream().map(Invalid::toString).toList());
        return LimitFinding.warn(
                server.name(),
                name(),
                Counted.of(counts.all(), "index") + ": " + names
                        + (counts.all() > found.size() ? " and " + (counts.all() - found.size()) + " more" : "")
                        + server.leftOut(),
                null,
                advice(counts));
    }

    private static String advice(Counts counts) {
        List<String> advice = new ArrayList<>();
        if (counts.all() > counts.parts() + counts.parents()) {
            advice.add(
                    "DROP INDEX CONCURRENTLY each of them, then request the tenant's migration again: an invalid index is"
                            + " maintained and never read");
        }
        if (counts.parts() > 0) {
            advice.add("REINDEX INDEX CONCURRENTLY those that are part of a partitioned table's index, then attach each"
                    + " again (ALTER INDEX parent ATTACH PARTITION index), which makes the parent valid");
        }
        if (counts.parents() > 0) {
            advice.add(
                    "CREATE INDEX CONCURRENTLY on each partition that a partitioned table's index lacks, and attach it"
                            + " (ALTER INDEX parent ATTACH PARTITION index); or DROP INDEX the parent, with all that are attached");
        }
        return String.join("; ", advice);
    }
}
