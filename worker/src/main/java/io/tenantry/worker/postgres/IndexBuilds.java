package io.tenantry.worker.postgres;

/** Indexes that sessions of a database build at this moment, with CREATE INDEX or REINDEX CONCURRENTLY. */
public final class IndexBuilds {
    /**
     * A query for the tables, as {@code relation}. A role without pg_read_all_stats sees which sessions of others build an
     * index, and not where; their locks it sees. A build keeps this lock on its table from its beginning to its end.
     */
    public static final String TABLES = "SELECT l.relation FROM pg_catalog.pg_stat_progress_create_index b JOIN"
            + " pg_catalog.pg_locks l ON l.pid = b.pid AND l.database = b.datid WHERE b.datname ="
            + " pg_catalog.current_database() AND l.locktype = 'relation' AND l.granted AND l.mode ="
            + " 'ShareUpdateExclusiveLock'";

    private IndexBuilds() {}
}
