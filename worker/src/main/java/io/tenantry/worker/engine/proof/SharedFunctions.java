package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The functions of the database outside all homes, and the names in their bodies. Names are compared without schemas.
 *
 * @param functions those whose bodies can be read
 */
record SharedFunctions(List<Function> functions) {
    /** Functions in C have no body. A home is known by its mark, a scratch home by its prefix. */
    private static final String QUERY = """
            SELECT p.proname, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) AS body,
                   EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtfoid = p.oid AND e.evtenabled <> 'D') AS for_events,
                   coalesce((SELECT string_agg(c.relname, ' ') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                         WHERE t.tgfoid = p.oid AND NOT t.tgisinternal AND c.relnamespace IN (SELECT s.oid FROM shared s)), '') AS tables
            FROM pg_proc p
                JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
            WHERE p.pronamespace IN (SELECT s.oid FROM shared s)
            """;

    private static final String SHARED = """
            WITH shared AS MATERIALIZED (
                SELECT n.oid FROM pg_namespace n
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'
                    AND NOT starts_with(n.nspname, 'tenantry_scratch_')
                    AND NOT EXISTS (SELECT FROM pg_description d WHERE d.classoid = 'pg_namespace'::regclass
                        AND d.objoid = n.oid AND starts_with(d.description, 'tenantry tenant=')))
            """;

    private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");
    private static final Pattern CALLED = Pattern.compile("(" + WORD.pattern() + ")\"?\\s*\\(");

    /**
     * One function.
     *
     * @param forEvents whether an event trigger calls it
     * @param tables whose triggers call it
     * @param names all names in its body
     * @param calls the functions that its body may call
     */
    record Function(String name, boolean forEvents, Set<String> tables, Set<String> names, Set<String> calls) {
        private boolean isCalled(Set<String> called, Set<String> named) {
            return forEvents || called.contains(name) || tables.stream().anyMatch(named::contains);
        }
    }

    /** Reads the functions. */
    static SharedFunctions read(ScratchSession session) throws SQLException {
        return new SharedFunctions(Sql.query(session.connection(), SHARED + QUERY, SharedFunctions::function));
    }

    private static Function function(ResultSet row) throws SQLException {
        String body = SqlStatements.withoutComments(row.getString("body"));
        return new Function(
                lower(row.getString("proname")),
                row.getBoolean("for_events"),
                words(WORD, 0, row.getString("tables")),
                words(WORD, 0, body),
                words(CALLED, 1, body));
    }

    /**
     * Whether a name is in the body of a function that may run: a function that the text, an event trigger or a trigger calls, or
     * that such a function calls.
     */
    boolean mention(String name, String text) {
        String wanted = lower(name);
        Set<String> called = words(CALLED, 1, text);
        Set<String> named = words(WORD, 0, text);
        Set<Function> rest = new HashSet<>(functions);
        Deque<Function> reached = new ArrayDeque<>();
        do {
            reached.clear();
            rest.stream().filter(function -> function.isCalled(called, named)).forEach(reached::add);
            for (Function function : reached) {
                if (function.names().contains(wanted)) {
                    return true;
                }
                called.addAll(function.calls());
                named.addAll(function.names());
            }
            rest.removeAll(reached);
        } while (!reached.isEmpty());
        return false;
    }

    private static Set<String> words(Pattern pattern, int group, String text) {
        Set<String> words = new HashSet<>();
        Matcher word = pattern.matcher(text);
        while (word.find()) {
            words.add(lower(word.group(group)));
        }
        return words;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
