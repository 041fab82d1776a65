package io.tenantry.worker.engine.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which names the tables of scripts may have: those that a script has as a word, or in quotes. A placeholder in a name stands
 * for any characters. Immutable.
 */
final class NamesInScripts implements Predicate<String> {
    private static final Pattern WORD =
            Pattern.compile("(?:\\$\\{[^}]*}|\\$(?!\\{)|\\w)+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern QUOTED_PLACEHOLDER = Pattern.compile("\"([^\"\\n]*\\$\\{[^\"\\n]*)\"");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]*}");
    /** In bytes; PostgreSQL cuts what is longer, at a whole character. */
    private static final int LONGEST = 63;

    private final List<String> texts;
    private final Set<String> words = new HashSet<>();
    private final List<Pattern> patterns;

    NamesInScripts(List<String> texts) {
        this.texts = texts.stream().map(NamesInScripts::lower).toList();
        Set<String> variable = new HashSet<>();
        for (String text : this.texts) {
            for (Matcher word = WORD.matcher(text); word.find(); ) {
                (word.group().contains("${") ? variable : words).add(cut(word.group()));
            }
            for (Matcher quoted = QUOTED_PLACEHOLDER.matcher(text); quoted.find(); ) {
                variable.add(quoted.group(1));
            }
        }
        // A name that is nothing but a placeholder is mostly that of the schema.
        this.patterns = variable.stream()
                .filter(name -> !PLACEHOLDER.matcher(name).replaceAll("").isEmpty())
                .map(NamesInScripts::pattern)
                .toList();
    }

    @Override
    public boolean test(String table) {
        String name = lower(table);
        if (words.contains(name)
                || patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches())) {
            return true;
        }
        if (WORD.matcher(name).matches()) {
            return false;
        }
        Pattern quoted = Pattern.compile("(?<!\")" + Pattern.quote('"' + name.replace("\"", "\"\"") + '"') + "(?!\")");
        return texts.stream().anyMatch(text -> quoted.matcher(text).find());
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(
                Arrays.stream(PLACEHOLDER.split(name, -1)).map(Pattern::quote).collect(Collectors.joining(".+")),
                Pattern.DOTALL);
    }

    private static String cut(String name) {
        String cut = name;
        while (cut.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut;
    }
}
