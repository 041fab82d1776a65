package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.postgres.Identifiers;

/**
 * A query that takes more time to plan than to run. A session keeps it as a prepared statement until it ends.
 *
 * @param name of the prepared statement
 * @param sql with the one parameter {@code $1}, a text
 * @see <a href="https://www.postgresql.org/docs/current/sql-prepare.html">PREPARE</a>
 */
record KeptQuery(String name, String sql) {
    /** Returns a row if the session has the statement; resolves no name by the search path. */
    String find() {
        return "SELECT 1 FROM pg_catalog.pg_prepared_statements WHERE name OPERATOR(pg_catalog.=) "
                + Identifiers.literal(name);
    }

    String prepare() {
        return "PREPARE " + Identifiers.quote(name) + " (pg_catalog.text) AS\n" + sql;
    }

    String execute(String parameter) {
        return "EXECUTE " + Identifiers.quote(name) + "(" + Identifiers.literal(parameter) + ")";
    }
}
