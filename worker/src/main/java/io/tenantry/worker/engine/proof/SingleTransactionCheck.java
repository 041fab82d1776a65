package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.PlannedScript.Statement;
import io.tenantry.worker.postgres.Identifiers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Adds checks between scripts that are tried in one transaction. The message fails if a script leaves a setting that would
 * have ended with the script's own transaction, or keeps others from a shared table for too long.
 */
final class SingleTransactionCheck {
    /** All settings that PostgreSQL lists, as one text. */
    private static final String SETTINGS =
            "(SELECT pg_catalog.concat_ws(',', current_user, pg_catalog.string_agg(name ||"
                    + " '=' || setting, ',' ORDER BY name)) FROM pg_catalog.pg_settings WHERE source = 'session')";

    private static final String SECONDS = "extract(epoch FROM pg_catalog.clock_timestamp())";
    private static final String LOCKED_SINCE =
            "nullif(pg_catalog.current_setting('tenantry.locked_since', true), '')::numeric";

    /** Locks may last this fraction of the lock timeout: a busier server needs more time for the same scripts. */
    private static final int FRACTION = 10;

    private final String schema;
    private final Duration longest;

    /**
     * @param schema of the home
     * @param lockTimeout how long a migration may keep others waiting
     */
    SingleTransactionCheck(String schema, Duration lockTimeout) {
        this.schema = schema;
        this.longest = lockTimeout.dividedBy(FRACTION);
    }

    /** Returns the script with the checks. */
    PlannedScript in(PlannedScript script) {
        List<String> before = List.of("SELECT pg_catalog.set_config('tenantry.settings', " + SETTINGS + ", true)");
        List<String> after = List.of(
                "SELECT (CASE WHEN pg_catalog.current_setting('tenantry.settings') IS DISTINCT FROM " + SETTINGS
                        + " THEN 'tenantry:setting' ELSE '1' END)::integer",
                rememberLock(),
                "SELECT (CASE WHEN " + SECONDS + " - " + LOCKED_SINCE + " > " + longest.toMillis()
                        + " / 1000.0 THEN 'tenantry:lock' ELSE '1' END)::integer");
        List<Statement> statements = new ArrayList<>();
        before.forEach(sql -> statements.add(new Statement(sql, null)));
        statements.addAll(script.statements());
        after.forEach(sql -> statements.add(new Statement(sql, null)));
        return new PlannedScript(
                script.migration(),
                text(before) + script.sql() + text(after),
                statements,
                script.names(),
                script.leavesSettings());
    }

    private static String text(List<String> statements) {
        return statements.stream().map(sql -> sql + ";\n").collect(Collectors.joining());
    }

    private String rememberLock() {
        return "SELECT CASE WHEN " + LOCKED_SINCE + " IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_locks l"
                + " JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p')"
                + " AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"
                + " AND n.nspname NOT IN (" + Identifiers.literal(schema)
                + ", 'pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)')"
                + " THEN pg_catalog.set_config('tenantry.locked_since', " + SECONDS + "::text, true) END";
    }
}
