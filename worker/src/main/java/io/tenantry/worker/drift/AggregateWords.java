package io.tenantry.worker.drift;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The definition of an aggregate as CREATE AGGREGATE has it, without what is the default. */
final class AggregateWords {
    private static final Pattern START = Pattern.compile(
            "^arguments (.*?), result (.*?), kind (\\S), direct arguments \\d+, parallel (\\S)", Pattern.DOTALL);
    private static final Map<String, String> KINDS = Map.of("n", "", "o", " ordered-set", "h", " hypothetical-set");
    private static final Map<String, String> PARALLEL =
            Map.of("u", "", "s", ", PARALLEL = SAFE", "r", ", PARALLEL = RESTRICTED");
    private static final Pattern MODIFY = Pattern.compile(", (m?finalfunc) modify ([rsw])");
    private static final Map<String, String> MODIFIES = Map.of("r", "READ_ONLY", "s", "SHAREABLE", "w", "READ_WRITE");
    private static final Pattern EXTRA = Pattern.compile(", (m?finalfunc) extra true");
    private static final Pattern OPTION =
            Pattern.compile(", (m?sfunc|m?stype|m?sspace|m?finalfunc|combinefunc|serialfunc|"
                    + "deserialfunc|m?initcond|minvfunc|sortop) ");

    private AggregateWords() {}

    /** @param definition as a snapshot has it */
    static String of(String definition) {
        Matcher start = START.matcher(definition);
        if (!start.find()) {
            return definition;
        }
        String kind = start.group(3);
        String usual = kind.equals("n") ? "r" : "w";
        String options = MODIFY.matcher(definition.substring(start.end()))
                .replaceAll(one -> one.group(2).equals(usual)
                        ? ""
                        : ", " + upper(one.group(1)) + "_MODIFY = " + MODIFIES.get(one.group(2)));
        options = EXTRA.matcher(options).replaceAll(one -> ", " + upper(one.group(1)) + "_EXTRA");
        options = OPTION.matcher(options).replaceAll(one -> ", " + upper(one.group(1)) + " = ");
        return "(" + start.group(1) + ") RETURNS " + start.group(2) + KINDS.getOrDefault(kind, "") + options
                + PARALLEL.getOrDefault(start.group(4), "");
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
