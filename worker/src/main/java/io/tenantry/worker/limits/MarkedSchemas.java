package io.tenantry.worker.limits;

/** The schemas of the connection's database that are marked as a tenant's home, as SQL. */
final class MarkedSchemas {
    /** The beginning of a query: {@code homes} with the columns oid, schema and database, which is null if the mark has none. */
    static final String HOMES = "WITH homes AS MATERIALIZED (SELECT n.oid, n.nspname AS schema,"
            + " nullif(split_part(split_part(d.description, ' database=', 2), ' ', 1), '') AS database FROM pg_catalog.pg_namespace n JOIN"
            + " pg_catalog.pg_description d ON d.objoid = n.oid AND d.classoid = 'pg_catalog.pg_namespace'::regclass AND"
            + " d.objsubid = 0 WHERE starts_with(d.description, 'tenantry '))";

    private MarkedSchemas() {}
}
