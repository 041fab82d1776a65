package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.SqlStatements;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** Excludes tables: the name of a table before its columns looks like a call. */
    private static final String NO_TABLE =
            "(?<!\\b(?:INTO|TABLE|EXISTS|REFERENCES)\\s{1,20}(?:[\\w$\"]{1,70}\\s?\\.\\s?)?\"?)";

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[\\w$]+)";
    /** Makes an object that other statements may run without naming the built-in functions. */
    private static final Pattern MAKES_FUNCTION = Pattern.compile(
            "^CREATE\\s+(?:OR\\s+REPLACE\\s+)?(FUNCTION|PROCEDURE|DOMAIN|AGGREGATE)\\s+(?:" + IDENTIFIER
                    + "\\s*\\.\\s*)?(" + IDENTIFIER + ")",
            Pattern.CASE_INSENSITIVE);

    /** Matches the built-in names also without a parenthesis: one is a view, and dynamic SQL may append the parenthesis. */
    private static final String ANYWHERE = BUILT_IN.stream().collect(Collectors.joining("|"));

    /** Whether schema n is no home. */
    private static final String IN_NO_HOME = "NOT EXISTS (SELECT FROM pg_description d WHERE d.objoid = n.oid"
            + " AND d.classoid = 'pg_namespace'::regclass AND starts_with(d.description, "
            + Identifiers.literal(TenantHome.ANY_MARK) + "))";

    private final Set<String> names;
    /** Domains run functions wherever their names occur. */
    private final Set<String> types = new TreeSet<>();
    /** Whether each statement may be observed, as by an event trigger. */
    private final boolean everywhere;

    private final String failure;
    private Pattern known;
    /** Whether an object of the home may observe messages from now on. */
    private boolean armed;

    private StatementObservers(Set<String> names, boolean everywhere, String failure) {
        this.failure = failure;
        this.names = new TreeSet<>(names);
        this.everywhere = everywhere;
        this.known = pattern();
    }

    /** Assumes that everything observes messages. */
    static StatementObservers everywhere() {
        return new StatementObservers(Set.of(), true, "");
    }

    /**
     * Searches the database, outside the server's own schemas and the homes. If that fails, everything is assumed to
     * observe messages.
     */
    static StatementObservers of(ScratchSession session) {
        try {
            return find(session);
        } catch (SQLException failure) {
            return new StatementObservers(Set.of(), true, FailureKind.firstLines(failure.getMessage()));
        }
    }

    /** Why the database could not be searched; empty if it was. */
    Optional<String> failure() {
        return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
    }

    private static StatementObservers find(ScratchSession session) throws SQLException {
        Set<String> names = new TreeSet<>();
        int rounds = 0;
        while (rounds < ROUNDS && names.addAll(session.ask(functionsThatCall(names)))) {
            rounds++;
        }
        boolean everywhere = !session.ask("SELECT e.evtname FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid"
                        + " WHERE e.evtenabled <> 'D' AND " + calls(names))
                .isEmpty();
        return new StatementObservers(names, everywhere, "");
    }

    /**
     * Functions of homes do not count, because the scripts that make them are read themselves. Because of OFFSET 0, the
     * server's own functions, which are thousands, are left out before texts are searched.
     */
    private static String functionsThatCall(Set<String> names) {
        return "SELECT DISTINCT lower(p.proname) FROM (SELECT f.proname, f.prosrc, f.prosqlbody FROM pg_proc f"
                + " JOIN pg_namespace n ON n.oid = f.pronamespace WHERE"
                + " n.nspname NOT IN ('pg_catalog', 'information_schema') AND " + IN_NO_HOME + " OFFSET 0) p WHERE "
                + calls(names);
    }

    /**
     * A body in standard SQL is stored as a tree, which has the numbers of what it calls. Producing its text would lock all
     * tables that it names.
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

    /** Matches calls, uses as operators, aggregates or casts, and domains anywhere. */
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
     * Whether something may observe the messages of a script. Remembers the functions that the script makes, so scripts must
     * be asked about in the order of the path.
     *
     * @param statements of the script
     */
    boolean mayObserve(List<String> statements) {
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
