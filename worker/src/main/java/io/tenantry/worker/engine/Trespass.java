package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Identifiers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Finds scripts that reach outside the schema of a tenant, by running them where nothing of it stays. One that fails in
 * the company of the others must be tried again on a home that has all before it.
 */
final class Trespass {
    private static final String QUERY = query();
    private static final Pattern INDEX_CONCURRENTLY =
            Pattern.compile("^((?:CREATE|DROP)\\s+(?:UNIQUE\\s+)?INDEX)\\s+CONCURRENTLY\\b", Pattern.CASE_INSENSITIVE);

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
        scratch.execute("BEGIN");
        try {
            scratch.create();
            path.forEach(migration -> unchecked.add(migration.script()));
            for (Migration migration : path) {
                if (run(migration)) {
                    unchecked.remove(migration.script());
                }
            }
            if (outside().isEmpty()) {
                return;
            }
        } finally {
            scratch.execute("ROLLBACK");
            scratch.renewSession();
        }
        blame(path);
    }

    /** One of them did it: after which one is there more than before? */
    private void blame(List<Migration> path) throws SQLException {
        Set<String> before = new TreeSet<>();
        scratch.execute("BEGIN");
        try {
            scratch.create();
            for (Migration migration : path) {
                run(migration);
                Set<String> now = outside();
                Set<String> more = new TreeSet<>(now);
                more.removeAll(before);
                if (!more.isEmpty()) {
                    found.put(migration.script(), more);
                }
                before = now;
            }
        } finally {
            scratch.execute("ROLLBACK");
            scratch.renewSession();
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
        scratch.execute("BEGIN");
        try {
            run(migration);
            unchecked.remove(migration.script());
            Set<String> outside = outside();
            if (!outside.isEmpty()) {
                found.put(migration.script(), outside);
            }
        } finally {
            scratch.execute("ROLLBACK; " + sequences);
            scratch.renewSession();
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
        try (Statement statement = scratch.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : ofScript) {
                String bare = ScriptCheck.withoutComments(sql);
                if (!ScriptCheck.isOnlyForFlyway(bare)) {
                    statement.execute(INDEX_CONCURRENTLY.matcher(bare).replaceFirst("$1"));
                }
            }
        } catch (SQLException failure) {
            scratch.execute("ROLLBACK TO before");
            return false;
        }
        return true;
    }

    /** Dropped relations are named, if they were there before. */
    private Set<String> outside() throws SQLException {
        Set<String> names = new TreeSet<>();
        List<String> dropped = new ArrayList<>();
        try (PreparedStatement query = scratch.connection().prepareStatement(QUERY)) {
            query.setString(1, scratch.home().schema());
            query.setString(2, scratch.home().schema());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    if (row.getString(1) == null) {
                        dropped.add(row.getString(2));
                    } else {
                        names.add(row.getString(1));
                    }
                }
            }
        }
        if (!dropped.isEmpty()) {
            names.addAll(seenByOthers(dropped));
        }
        return names;
    }

    /** What this transaction has dropped is still there for others; what it made and dropped never was. */
    private Set<String> seenByOthers(List<String> relations) throws SQLException {
        return scratch.askAside(
                "SELECT format('table %I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
                        + " c.relnamespace WHERE c.oid IN (" + String.join(", ", relations) + ") AND n.nspname NOT IN ("
                        + Identifiers.literal(scratch.home().schema()) + ", 'pg_toast')");
    }

    private static String query() {
        try (InputStream text = Trespass.class.getResourceAsStream("outside-objects.sql")) {
            if (text == null) {
                throw new IllegalStateException("the jar lacks outside-objects.sql");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException("the jar's outside-objects.sql cannot be read", broken);
        }
    }
}
