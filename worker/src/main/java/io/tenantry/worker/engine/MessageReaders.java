package io.tenantry.worker.engine;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What reads the message in which a statement comes, or its time, as an audit trigger does: Flyway sends each statement by
 * itself, a plan sends all of a script in one message. For use by one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html">current_query</a>
 * @see <a href="https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT">statement_timestamp</a>
 */
final class MessageReaders {
    private static final List<String> BUILT_IN =
            List.of("current_query", "statement_timestamp", "pg_stat_activity", "pg_stat_get_activity");

    /** Functions call functions; each round finds those that call one that is known. */
    private static final int ROUNDS = 4;

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
    /** What statements may run without its name. */
    private static final Pattern MAKES_FUNCTION = Pattern.compile(
            "^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:FUNCTION|PROCEDURE|DOMAIN|AGGREGATE)\\s+(?:" + IDENTIFIER
                    + "\\s*\\.\\s*)?(" + IDENTIFIER + ")",
            Pattern.CASE_INSENSITIVE);

    private final Set<String> names;
    /** Whether an event trigger of the database is of this kind, which reads all that a script defines. */
    private final boolean everywhere;

    private Pattern known;
    /** Whether something of the home may read it from now on. */
    private boolean armed;

    private MessageReaders(Set<String> names, boolean everywhere) {
        this.names = names;
        this.everywhere = everywhere;
        this.known = pattern(names);
    }

    /** Looks for functions of this kind in the database, outside the server's own schemas. */
    static MessageReaders of(Scratch scratch) throws SQLException {
        Set<String> names = new TreeSet<>(BUILT_IN);
        int rounds = 0;
        while (rounds < ROUNDS && names.addAll(scratch.ask(functionsThatName(names)))) {
            rounds++;
        }
        boolean everywhere = !scratch.ask("SELECT e.evtname FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid"
                        + " WHERE e.evtenabled <> 'D' AND " + isNamedIn(names))
                .isEmpty();
        return new MessageReaders(names, everywhere);
    }

    private static String functionsThatName(Set<String> names) {
        return "SELECT DISTINCT lower(p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE"
                + " n.nspname NOT IN ('pg_catalog', 'information_schema') AND " + isNamedIn(names);
    }

    private static String isNamedIn(Set<String> names) {
        String pattern = names.stream().map(MessageReaders::escaped).collect(Collectors.joining("|", "\\m(", ")\\M"));
        return "coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) ~* " + Identifiers.literal(pattern);
    }

    private static String escaped(String name) {
        return name.replaceAll("([^\\w])", "\\\\$1");
    }

    private static Pattern pattern(Set<String> names) {
        return Pattern.compile(
                names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?<![\\w$])(", ")(?![\\w$])")),
                Pattern.CASE_INSENSITIVE);
    }

    /**
     * Whether the script may be read, and what it makes is remembered for the next ones: ask in the order of the path.
     *
     * @param statements of a script
     */
    boolean mayRead(List<String> statements) {
        List<String> bare = new ArrayList<>(statements.size());
        statements.forEach(statement -> bare.add(ScriptCheck.withoutComments(statement)));
        boolean named = false;
        for (String statement : bare) {
            if (known.matcher(statement).find()) {
                named = true;
                remember(statement);
            }
        }
        armed |= named;
        return everywhere || named || (armed && !bare.stream().allMatch(ScriptCheck::onlyDefines));
    }

    private void remember(String statement) {
        Matcher made = MAKES_FUNCTION.matcher(statement);
        if (made.find()) {
            String name = made.group(1);
            names.add(
                    name.startsWith("\"")
                            ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                            : name.toLowerCase(Locale.ROOT));
            known = pattern(names);
        }
    }
}
