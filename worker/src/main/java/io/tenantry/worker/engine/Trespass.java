package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.ReceiveLimit;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds scripts that reach outside the schema of a tenant, by running them where nothing of it stays. One that fails in
 * the company of the others must be tried again on a home that has all before it.
 */
final class Trespass {
    private static final Pattern INDEX_CONCURRENTLY =
            Pattern.compile("^((?:CREATE|DROP)\\s+(?:UNIQUE\\s+)?INDEX)\\s+CONCURRENTLY\\b", Pattern.CASE_INSENSITIVE);

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
    private static final Pattern COPIED_TABLE = Pattern.compile(
            "^COPY\\s+(" + IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER + ")?)", Pattern.CASE_INSENSITIVE);

    private final Scratch scratch;
    private final Map<String, List<String>> statements;
    private final Set<String> unchecked = new TreeSet<>();
    private final Map<String, Set<String>> found = new LinkedHashMap<>();

    /** @param statements of each script, by the name of the file */
    Trespass(Scratch scratch, Map<String, List<String>> statements) {
        this.scratch = scratch;
        this.statements = statements;
    }

    /** What each script has made or changed that is not the tenant's. */
    Map<String, Set<String>> found() {
        return found;
    }

    /** Whether nothing is known of the script. */
    boolean isUnchecked(Migration migration) {
        return unchecked.contains(migration.script());
    }

    /** Tries all in one transaction; the scratch home must not be there. */
    void tryAll(List<Migration> path) throws SQLException {
        unchecked.clear();
        OutsideObjects outside;
        scratch.execute("BEGIN");
        try {
            scratch.create();
            path.forEach(migration -> unchecked.add(migration.script()));
            for (Migration migration : path) {
                if (run(migration)) {
                    unchecked.remove(migration.script());
                }
            }
            outside = outside();
        } finally {
            scratch.execute("ROLLBACK");
            scratch.renewSession();
        }
        if (!resolve(outside).isEmpty()) {
            blame(path);
        }
    }

    /** One of them did it: after which one is there more than before? */
    private void blame(List<Migration> path) throws SQLException {
        Map<String, OutsideObjects> outside = new LinkedHashMap<>();
        scratch.execute("BEGIN");
        try {
            scratch.create();
            for (Migration migration : path) {
                run(migration);
                outside.put(migration.script(), outside());
            }
        } finally {
            scratch.execute("ROLLBACK");
            scratch.renewSession();
        }
        Set<String> before = Set.of();
        for (Map.Entry<String, OutsideObjects> script : outside.entrySet()) {
            Set<String> now = resolve(script.getValue());
            Set<String> more = new TreeSet<>(now);
            more.removeAll(before);
            if (!more.isEmpty()) {
                found.put(script.getKey(), more);
            }
            before = now;
        }
    }

    /** Tries one on the scratch home as it is. */
    void tryOne(Migration migration) throws SQLException {
        // What a sequence gives out, no rollback takes back.
        String sequences = String.join(
                "; ",
                scratch.ask("SELECT format('SELECT setval(%L::regclass, %s, %L)', format('%I.%I', schemaname,"
                        + " sequencename), coalesce(last_value, start_value), last_value IS NOT NULL) FROM pg_sequences WHERE"
                        + " schemaname = " + Identifiers.literal(scratch.home().schema())));
        OutsideObjects outside;
        scratch.execute("BEGIN");
        try {
            run(migration);
            unchecked.remove(migration.script());
            outside = outside();
        } finally {
            scratch.execute("ROLLBACK; " + sequences);
            scratch.renewSession();
        }
        Set<String> names = resolve(outside);
        if (!names.isEmpty()) {
            found.put(migration.script(), names);
        }
    }

    /** Returns false if it fails, and is undone. */
    private boolean run(Migration migration) throws SQLException {
        List<String> ofScript = statements.get(migration.script());
        if (ofScript == null) {
            return true;
        }
        scratch.execute("SAVEPOINT before; SET LOCAL search_path = "
                + Identifiers.quote(scratch.home().schema()) + ", \"$user\", public");
        ReceiveLimit limit = scratch.session().limit();
        try (limit;
                Statement statement = scratch.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : ofScript) {
                execute(statement, ScriptCheck.withoutComments(sql));
            }
        } catch (SQLException failure) {
            if (limit.exceeded()) {
                throw scratch.broken(migration.script(), limit, failure);
            }
            scratch.execute("ROLLBACK TO before");
            return false;
        }
        return true;
    }

    /** There are no rows here for a COPY: the lock that it takes tells as much. */
    private static void execute(Statement statement, String sql) throws SQLException {
        Matcher copied = COPIED_TABLE.matcher(sql);
        if (ScriptCheck.isCopyFromClient(sql) && copied.find()) {
            statement.execute("LOCK TABLE " + copied.group(1) + " IN ROW EXCLUSIVE MODE");
        } else if (!ScriptCheck.isOnlyForFlyway(sql)) {
            statement.execute(INDEX_CONCURRENTLY.matcher(sql).replaceFirst("$1"));
        }
    }

    private OutsideObjects outside() throws SQLException {
        return OutsideObjects.of(scratch.connection(), scratch.home().schema());
    }

    private Set<String> resolve(OutsideObjects outside) throws SQLException {
        return outside.resolve(scratch.connection(), scratch.home().schema());
    }
}
