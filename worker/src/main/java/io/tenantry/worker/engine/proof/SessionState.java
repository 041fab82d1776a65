package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** The state of a session that may outlive the transaction of a script. */
final class SessionState {
    private static final String QUERY = """
            SELECT concat_ws(E'\\n',
                current_user, session_user, current_setting('search_path'),
                (SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings WHERE source = 'session'),
                (SELECT string_agg(c, ',' ORDER BY c) FROM pg_listening_channels() c),
                (SELECT string_agg(name, ',' ORDER BY name) FROM pg_prepared_statements
                    WHERE from_sql AND NOT starts_with(name, '%s')),
                (SELECT string_agg(name, ',' ORDER BY name) FROM pg_cursors WHERE is_holdable),
                (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = pg_my_temp_schema()),
                (SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = pg_my_temp_schema()),
                (SELECT string_agg(concat_ws(' ', classid, objid, objsubid, mode), ',' ORDER BY classid, objid, objsubid, mode)
                    FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()))
            """.formatted(CatalogSnapshot.PREPARED);

    private SessionState() {}

    /** Reads the state, as text for comparisons. To be called outside a transaction. */
    static String of(Connection connection) throws SQLException {
        return Sql.one(connection, QUERY, row -> row.getString(1));
    }
}
