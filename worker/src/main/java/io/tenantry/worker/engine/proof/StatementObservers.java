package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds triggers and functions that read the current message or its time, as audit triggers do. Flyway sends each
 * statement by itself; a plan sends all statements of a script in one message. For use by one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html">current_query</a>
 * @see <a href="https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT">statement_timestamp</a>
 */
final class StatementObservers {
    private static final List<String> BUILT_IN =
            List.of("current_query", "statement_timestamp", "pg_stat_activity", "pg_stat_get_activity");

    /** Functions call functions; each round finds those that call one that is known. */
    private static final int ROUNDS = 4;

    /** A table stands before its columns as a function before its arguments. */
    private static final String NO_TABLE =
            "(?<!\\b(?:INTO|TABLE|EXISTS|REFERENCES)\\s{1,20}(?:[\\w$\"]{1,70}\\s?\\.\\s?)?\"?)";

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
    /** What statements may run without its name. */
    private static final Pattern MAKES_FUNCTION = Pattern.compile(
            "^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(FUNCTION|PROCEDURE|DOMAIN|AGGREGATE)\\s+(?:" + IDENTIFIER
                    + "\\s*\\.\\s*)?(" + IDENTIFIER + ")",
            Pattern.CASE_INSENSITIVE);

    /** Of the built-in ones: one is a view, and dynamic SQL may put their names together with what follows. */
    private static final String ANYWHERE = BUILT_IN.stream().collect(Collectors.joining("|"));

    /** Of schema n. */
    private static final String IN_NO_HOME = "NOT EXISTS (SELECT FROM pg_description d WHERE d.objoid = n.oid"
            + " AND d.classoid = 'pg_namespace'::regclass AND starts_with(d.description, "
            + Identifiers.literal(TenantHome.ANY_MARK) + "))";

    private static final Logger LOG = LoggerFactory.getLogger(StatementObservers.class);

    private final Set<String> names;
    /** Domains run functions wherever their names stand. */
    private final Set<String> types = new TreeSet<>();
    /** Whether an event trigger of the database is of this kind, which reads all that a script defines. */
    private final boolean everywhere;

    private Pattern known;
    /** Whether something of the home may read it from now on. */
    private boolean armed;

    private StatementObservers(Set<String> names, boolean everywhere) {
        this.names = new TreeSet<>(names);
        this.everywhere = everywhere;
        this.known = pattern();
    }

    /** For who makes no plans, or cannot look: whatever there is may read. */
    static StatementObservers everywhere() {
        return new StatementObservers(Set.of(), true);
    }

    /** Looks for functions of this kind in the database, outside the server's own schemas and the homes. */
    static StatementObservers of(Scratch scratch, String database) {
        try {
            return of(scratch);
        } catch (SQLException failure) {
            LOG.warn(
                    "database {}: nobody knows which functions read the messages of scripts ({}); all migrations go through"
                            + " Flyway, which is slower",
                    database,
                    String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
            return everywhere();
        }
    }

    private static StatementObservers of(Scratch scratch) throws SQLException {
        Set<String> names = new TreeSet<>();
        int rounds = 0;
        while (rounds < ROUNDS && names.addAll(scratch.ask(functionsThatCall(names)))) {
            rounds++;
        }
        boolean everywhere = !scratch.ask("SELECT e.evtname FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid"
                        + " WHERE e.evtenabled <> 'D' AND " + calls(names))
                .isEmpty();
        return new StatementObservers(names, everywhere);
    }

    /** What homes have, their scripts have made: those are read themselves. */
    private static String functionsThatCall(Set<String> names) {
        return "SELECT DISTINCT lower(p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE"
                + " n.nspname NOT IN ('pg_catalog', 'information_schema') AND " + IN_NO_HOME + " AND " + calls(names);
    }

    /**
     * A body in standard SQL is stored as a tree, which has the numbers of what it calls. Its text would lock all tables that
     * it names.
     */
    private static String calls(Set<String> names) {
        String all = Stream.concat(BUILT_IN.stream(), names.stream())
                .map(Identifiers::literal)
                .collect(Collectors.joining(", "));
        return "(CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ~* " + Identifiers.literal(inText(names))
                + " ELSE p.prosqlbody::text ~ (SELECT ':(funcid|opfuncid|aggfnoid|winfnoid|relid) (' || string_agg(o.oid::text, '|')"
                + " || ')\\M' FROM (SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE lower(p.proname) IN ("
                + all + ") AND " + IN_NO_HOME + " UNION ALL SELECT oid FROM pg_class WHERE relname IN (" + all
                + ")) o) END)";
    }

    private static String inText(Set<String> names) {
        String calls = names.isEmpty()
                ? ""
                : names.stream()
                        .map(StatementObservers::escaped)
                        .collect(Collectors.joining(
                                "|", "|(?<!\\m(into|table|exists|references)\\s+(\\S+\\.)?\"?)\\m(", ")\"?\\s*\\("));
        return "\\m(" + ANYWHERE + ")\\M" + calls;
    }

    private static String escaped(String name) {
        return name.replaceAll("([^\\w])", "\\\\$1");
    }

    /** A call, or what makes an operator, an aggregate or a cast of a function; a domain anywhere. */
    private Pattern pattern() {
        StringBuilder pattern = new StringBuilder("(?<![\\w$])(").append(ANYWHERE);
        types.forEach(name -> pattern.append('|').append(Pattern.quote(name)));
        pattern.append(")(?![\\w$])");
        if (!names.isEmpty()) {
            String any = names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
            pattern.append("|" + NO_TABLE + "(?<![\\w$])").append(any).append("\"?\\s*\\(");
            pattern.append("|(?:FUNC|FUNCTION|PROCEDURE)\\s*=\\s*(?:" + IDENTIFIER + "\\s*\\.\\s*)?\"?")
                    .append(any)
                    .append("(?![\\w$])");
        }
        return Pattern.compile(pattern.toString(), Pattern.CASE_INSENSITIVE);
    }

    /**
     * Whether the script may be read, and what it makes is remembered for the next ones: ask in the order of the path.
     *
     * @param statements of a script
     */
    boolean mayRead(List<String> statements) {
        List<String> bare = new ArrayList<>(statements.size());
        statements.forEach(
                statement -> bare.add(SqlStatements.withoutComments(statement).strip()));
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
            String name = made.group(2);
            (made.group(1).equalsIgnoreCase("DOMAIN") ? types : names)
                    .add(
                            name.startsWith("\"")
                                    ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
                                    : name.toLowerCase(Locale.ROOT));
            known = pattern();
        }
    }
}
