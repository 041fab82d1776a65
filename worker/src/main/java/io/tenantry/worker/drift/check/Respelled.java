package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.Comparison.Spelling;
import io.tenantry.worker.postgres.Identifiers;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Two definitions of one object, as statements that make a temporary object of each.
 *
 * @param label how the label of the temporary object begins, with {@link #PLACE} where its schema is named
 * @param table that the object belongs to, as SQL has it; null if it belongs to none
 */
record Respelled(Spelling spelling, String label, @Nullable String table, String expected, String actual) {
    /** Stands for the schema of temporary objects. */
    static final String PLACE = "<temporary>";

    private static final Pattern OF_TABLE =
            Pattern.compile("(?:foreign table|table|materialized view|view) (.*)", Pattern.DOTALL);
    private static final Pattern OF_STATISTICS = Pattern.compile(".* FROM (.*)", Pattern.DOTALL);
    private static final Pattern NAME_OF_ROUTINE = Pattern.compile("^(?:\"(?:[^\"]|\"\")*\"|[^(\"])+(?=\\()");
    private static final String DOMAIN = "domain ";
    private static final Map<String, String> COMMANDS =
            Map.of("r", "SELECT", "a", "INSERT", "w", "UPDATE", "d", "DELETE", "*", "ALL");

    /**
     * The statements; empty if the kind has no expression, or if the definitions differ in something else too.
     *
     * @param number another one for each object
     * @param schema of the home
     */
    static Optional<Respelled> of(Spelling spelling, int number, String schema) {
        return SpelledKind.of(spelling).flatMap(texts -> of(spelling, texts, "tenantry_respelled_" + number, schema));
    }

    private static Optional<Respelled> of(Spelling spelling, SpelledKind.Texts texts, String name, String schema) {
        return switch (texts.kind()) {
            case CHECK ->
                spelling.partOf().startsWith(DOMAIN)
                        ? Optional.of(ofDomain(spelling, texts, name))
                        : partOf(spelling, texts, "constraint", "ALTER TABLE %s ADD CONSTRAINT " + name + " ", name);
            case COLUMN -> partOf(spelling, texts, "column", "ALTER TABLE %s ADD COLUMN " + name + " ", name);
            case POLICY ->
                partOf(spelling, texts, "policy", "CREATE POLICY " + name + " ON %s AS ", name)
                        .map(policy -> policy.with(Respelled::withCommand));
            case INDEX, TRIGGER, RULE ->
                table(spelling)
                        .map(table ->
                                new Respelled(spelling, spelling.label(), table, texts.expected(), texts.actual()));
            case VIEW, MATERIALIZED_VIEW ->
                Optional.of(alone(spelling, texts, "view " + name, "CREATE TEMPORARY VIEW " + name + " "));
            case DOMAIN -> Optional.of(alone(spelling, texts, "domain " + name, "CREATE DOMAIN pg_temp." + name + " "));
            case PARTITIONED_TABLE ->
                Optional.of(alone(
                        spelling,
                        texts,
                        "table " + name,
                        "CREATE TEMPORARY TABLE " + name + " (LIKE "
                                + spelling.label().substring("table ".length()) + ") "));
            case STATISTICS -> Optional.of(ofStatistics(spelling, texts));
            case FUNCTION, PROCEDURE -> Optional.of(ofRoutine(spelling, texts, name, schema));
        };
    }

    /** An object that belongs to nothing. */
    private static Respelled alone(Spelling spelling, SpelledKind.Texts texts, String label, String start) {
        return new Respelled(spelling, label, null, start + texts.expected(), start + texts.actual());
    }

    /** @param start of the statement, with {@code %s} for the table */
    private static Optional<Respelled> partOf(
            Spelling spelling, SpelledKind.Texts texts, String kind, String start, String name) {
        return table(spelling).map(table -> {
            String on = start.replace("%s", table);
            String label = kind + " " + table + "." + name;
            return new Respelled(spelling, label, table, on + texts.expected(), on + texts.actual());
        });
    }

    private static Optional<String> table(Spelling spelling) {
        Matcher owner = OF_TABLE.matcher(spelling.partOf());
        return owner.matches() ? Optional.of(owner.group(1)) : Optional.empty();
    }

    /** In a domain over the home's domain. */
    private static Respelled ofDomain(Spelling spelling, SpelledKind.Texts texts, String name) {
        String start = "CREATE DOMAIN pg_temp." + name + " AS "
                + spelling.partOf().substring(DOMAIN.length()) + "; ALTER DOMAIN pg_temp." + name + " ADD CONSTRAINT "
                + name + " ";
        return alone(spelling, texts, "constraint " + name + "." + name, start);
    }

    /** Names of temporary statistics are always printed with their schema. */
    private static Respelled ofStatistics(Spelling spelling, SpelledKind.Texts texts) {
        Matcher from = OF_STATISTICS.matcher(texts.actual());
        @Nullable String table = from.matches() ? from.group(1) : null;
        String label = "statistics " + PLACE + "." + spelling.label().substring("statistics ".length());
        return new Respelled(spelling, label, table, texts.expected(), texts.actual());
    }

    /** As it is printed: the schema's name is hidden there. Those of temporary routines are always printed. */
    private static Respelled ofRoutine(Spelling spelling, SpelledKind.Texts texts, String name, String schema) {
        String kind = spelling.label().substring(0, spelling.label().indexOf(' '));
        UnaryOperator<String> statement = text -> "SET LOCAL check_function_bodies = off; CREATE " + kind + " pg_temp."
                + NAME_OF_ROUTINE.matcher(text).replaceFirst(name).replace("<schema>", Identifiers.quote(schema));
        return alone(spelling, texts, kind + " " + PLACE + "." + name + "(", "").with(statement);
    }

    private Respelled with(UnaryOperator<String> statement) {
        return new Respelled(spelling, label, table, statement.apply(expected), statement.apply(actual));
    }

    private static String withCommand(String policy) {
        int code = policy.indexOf(" FOR ") + " FOR ".length();
        return policy.substring(0, code) + COMMANDS.get(policy.substring(code, code + 1)) + policy.substring(code + 1);
    }
}
