package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.Comparison.Spelling;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Two definitions of one object, as statements that make a temporary object of each.
 *
 * @param label of the temporary object
 * @param table that the object belongs to, as SQL has it; null if it belongs to none
 */
record Respelled(Spelling spelling, String label, @Nullable String table, String expected, String actual) {
    private static final Pattern OF_TABLE =
            Pattern.compile("(?:foreign table|table|materialized view|view) (.*)", Pattern.DOTALL);
    private static final String DOMAIN = "domain ";
    private static final Map<String, String> COMMANDS =
            Map.of("r", "SELECT", "a", "INSERT", "w", "UPDATE", "d", "DELETE", "*", "ALL");

    /** Definitions of one kind of object: what an expression is in, and what comes before and after it. */
    private enum Kind {
        CHECK(
                "constraint ",
                "()((?:CHECK|EXCLUDE) .*?)((?:, index (?:\"(?:[^\"]|\"\")*\"|[^,\"])+)?(?:, inherited \\d+.*)?)"),
        INDEX(
                "index ",
                "()(CREATE .*?)((?:, (?:invalid|not ready|not live|primary|deferrable|clustered|replica identity"
                        + "|partition of .*|tablespace .*|statistics .*))*)"),
        COLUMN(
                "column ",
                "()(.*(?: DEFAULT | GENERATED ALWAYS AS \\().*?)((?: STORAGE \\w)?(?: COMPRESSION \\w)?(?: STATISTICS \\d+)?"
                        + "(?: SET .*)?(?: OPTIONS .*)?(?: inherited \\d+.*)?)"),
        POLICY("policy ", "()((?:PERMISSIVE|RESTRICTIVE) FOR \\S .*)()"),
        TRIGGER("trigger ", "(enabled \\S, (?:of the partitioned table, )?)(CREATE .*)()"),
        RULE("rule ", "(enabled \\S, )(CREATE .*)()"),
        VIEW("view ", "(.*?)(AS .*)()"),
        MATERIALIZED_VIEW("materialized view ", "(.*?)(AS .*)()");

        private final String start;
        private final Pattern parts;

        Kind(String start, String parts) {
            this.start = start;
            this.parts = Pattern.compile(parts, Pattern.DOTALL);
        }
    }

    /**
     * The statements; empty if the kind has no expression, or if the definitions differ in something else too.
     *
     * @param number another one for each object
     */
    static Optional<Respelled> of(Spelling spelling, int number) {
        for (Kind kind : Kind.values()) {
            if (spelling.label().startsWith(kind.start)) {
                Matcher expected = kind.parts.matcher(spelling.expected());
                Matcher actual = kind.parts.matcher(spelling.actual());
                boolean isSpelling = expected.matches()
                        && actual.matches()
                        && expected.group(1).equals(actual.group(1))
                        && expected.group(3).equals(actual.group(3));
                return isSpelling ? of(spelling, kind, expected.group(2), actual.group(2), number) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<Respelled> of(Spelling spelling, Kind kind, String expected, String actual, int number) {
        if (spelling.partOf().startsWith(DOMAIN)) {
            return Optional.of(ofDomain(spelling, expected, actual, number));
        }
        Matcher owner = OF_TABLE.matcher(spelling.partOf());
        boolean isView = kind == Kind.VIEW || kind == Kind.MATERIALIZED_VIEW;
        if (!isView && !owner.matches()) {
            return Optional.empty();
        }
        String table = isView ? null : owner.group(1);
        String name = "tenantry_respelled_" + number;
        String on = String.valueOf(table);
        return Optional.of(
                switch (kind) {
                    case CHECK -> {
                        String start = "ALTER TABLE " + on + " ADD CONSTRAINT " + name + " ";
                        yield new Respelled(
                                spelling, "constraint " + on + "." + name, table, start + expected, start + actual);
                    }
                    case COLUMN -> {
                        String start = "ALTER TABLE " + on + " ADD COLUMN " + name + " ";
                        yield new Respelled(
                                spelling, "column " + on + "." + name, table, start + expected, start + actual);
                    }
                    case POLICY -> {
                        String start = "CREATE POLICY " + name + " ON " + on + " AS ";
                        yield new Respelled(
                                spelling,
                                "policy " + on + "." + name,
                                table,
                                start + command(expected),
                                start + command(actual));
                    }
                    case VIEW, MATERIALIZED_VIEW -> {
                        String start = "CREATE TEMPORARY VIEW " + name + " ";
                        yield new Respelled(spelling, "view " + name, table, start + expected, start + actual);
                    }
                    case INDEX, TRIGGER, RULE -> new Respelled(spelling, spelling.label(), table, expected, actual);
                });
    }

    /** In a domain over the home's domain. */
    private static Respelled ofDomain(Spelling spelling, String expected, String actual, int number) {
        String name = "tenantry_respelled_" + number;
        String start = "CREATE DOMAIN pg_temp." + name + " AS "
                + spelling.partOf().substring(DOMAIN.length()) + "; ALTER DOMAIN pg_temp." + name + " ADD CONSTRAINT "
                + name + " ";
        return new Respelled(spelling, "constraint " + name + "." + name, null, start + expected, start + actual);
    }

    private static String command(String policy) {
        int code = policy.indexOf(" FOR ") + " FOR ".length();
        return policy.substring(0, code) + COMMANDS.get(policy.substring(code, code + 1)) + policy.substring(code + 1);
    }
}
