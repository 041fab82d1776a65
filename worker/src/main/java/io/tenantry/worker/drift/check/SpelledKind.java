package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.Comparison.Spelling;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Objects whose definitions hold expressions, and where the expressions are in what a snapshot says of them. */
enum SpelledKind {
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
    MATERIALIZED_VIEW("materialized view ", "(.*?)(AS .*)()"),
    DOMAIN("domain ", "()(AS .* DEFAULT .*)()"),
    PARTITIONED_TABLE(
            "table ",
            "()(PARTITION BY .*?)((?:, (?:UNLOGGED|OF|INHERITS|FOR VALUES|DEFAULT|USING|WITH|TOAST|TABLESPACE|ENABLE|FORCE"
                    + "|REPLICA).*)?)"),
    STATISTICS("statistics ", "()(CREATE STATISTICS .* ON .* FROM .*?)((?:, statistics \\d+)?)"),
    FUNCTION("function ", "(CREATE OR REPLACE FUNCTION )<schema>\\.(.*)()"),
    PROCEDURE("procedure ", "(CREATE OR REPLACE PROCEDURE )<schema>\\.(.*)()");

    private final String start;
    private final Pattern parts;

    SpelledKind(String start, String parts) {
        this.start = start;
        this.parts = Pattern.compile(parts, Pattern.DOTALL);
    }

    /** The parts of two definitions that hold the expressions. */
    record Texts(SpelledKind kind, String expected, String actual) {}

    /** Empty if the kind has no expression, or if the definitions differ in something else too. */
    static Optional<Texts> of(Spelling spelling) {
        for (SpelledKind kind : values()) {
            if (spelling.label().startsWith(kind.start)) {
                Matcher expected = kind.parts.matcher(spelling.expected());
                Matcher actual = kind.parts.matcher(spelling.actual());
                boolean isSpelling = expected.matches()
                        && actual.matches()
                        && expected.group(1).equals(actual.group(1))
                        && expected.group(3).equals(actual.group(3));
                return isSpelling ? Optional.of(new Texts(kind, expected.group(2), actual.group(2))) : Optional.empty();
            }
        }
        return Optional.empty();
    }
}
