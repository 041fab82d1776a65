package io.tenantry.worker.config.read;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * A problem that SnakeYAML reports, with its place. The excerpt of the file is left out, since it may be a password.
 */
final class YamlProblem {
    private static final Pattern WITHOUT_EXCERPT = Pattern.compile("mapping values are not allowed here"
            + "|could not find expected ':'|expected <[a-z ,]+>, but found '?<[a-z ]+>'?"
            + "|found unexpected end of stream");

    private YamlProblem() {}

    static String describe(MarkedYAMLException exception) {
        String place = exception.getProblemMark() == null
                ? ""
                : "line " + (exception.getProblemMark().getLine() + 1) + ", column "
                        + (exception.getProblemMark().getColumn() + 1) + ": ";
        return place + "not YAML: " + reason(String.valueOf(exception.getProblem()));
    }

    private static String reason(String problem) {
        if (problem.contains("(TAB)")) {
            return "a tab; indent with spaces";
        }
        if (problem.equals("but found another document")) {
            return "a second document; put everything into one";
        }
        return WITHOUT_EXCERPT.matcher(problem).matches()
                ? problem
                : "not allowed here; put values with special characters in quotes";
    }
}
