package io.tenantry.worker.engine.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a text into statements as PostgreSQL does. Flyway takes some texts of several statements for one. For use by
 * one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">lexical structure</a>
 */
public final class SqlStatements {
    private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");
    private static final Pattern DOLLAR_QUOTE = Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");
    private static final Pattern ROUTINE = Pattern.compile("CREATE (OR REPLACE )?(FUNCTION|PROCEDURE) .*");
    private static final Pattern END_OF_ROWS = Pattern.compile("^\\\\\\.", Pattern.MULTILINE);
    /** As many words as tell whether a statement makes a routine. */
    private static final int FIRST_WORDS = 5;

    private final String text;
    private final List<String> statements = new ArrayList<>();
    private final List<Comment> comments = new ArrayList<>();
    private final StringBuilder withoutComments = new StringBuilder();
    private final List<String> words = new ArrayList<>();
    private int position;
    private int start;
    private int parentheses;
    /** BEGIN ATOMIC and CASE, until their END: a body of a routine in standard SQL is part of the statement. */
    private int blocks;

    /**
     * A comment outside of all quotes.
     *
     * @param start where it begins in the text
     * @param text from its first character on, as {@code -- why}
     */
    public record Comment(int start, String text) {}

    private SqlStatements(String text) {
        this.text = text;
        while (position < text.length()) {
            next();
        }
        end(text.length());
    }

    /** The statements, with their comments and without what separates them; none is blank. */
    public static List<String> of(String text) {
        return new SqlStatements(text).statements;
    }

    /** The text with a space for each comment, also in bodies between dollar quotes; other strings stay as they are. */
    public static String withoutComments(String text) {
        return new SqlStatements(text).withoutComments.toString();
    }

    /** The comments of the text; those in bodies between dollar quotes are no part of it. */
    public static List<Comment> comments(String text) {
        return new SqlStatements(text).comments;
    }

    private void next() {
        char at = text.charAt(position);
        if (at == '\'') {
            quoted('\'', isEscapeString());
        } else if (at == '"') {
            quoted('"', false);
        } else if (text.startsWith("--", position)) {
            int line = text.indexOf('\n', position);
            comment(line < 0 ? text.length() : line);
        } else if (text.startsWith("/*", position)) {
            comment(endOfComment());
        } else if (at == '$' && dollarQuoted()) {
            words.add("$$");
        } else if (!word()) {
            separator(at);
            take(Math.max(position + 1, start));
        }
    }

    private void separator(char at) {
        if (at == '(') {
            parentheses++;
        } else if (at == ')') {
            parentheses = Math.max(0, parentheses - 1);
        } else if (at == ';' && parentheses == 0 && blocks == 0) {
            end(position);
            start = endOfRows(position + 1);
            words.clear();
        }
    }

    /** Behind the rows that follow a COPY from the client: quotes in them are none. */
    private int endOfRows(int after) {
        if (words.isEmpty() || !words.get(0).equals("COPY")) {
            return after;
        }
        Matcher end = END_OF_ROWS.matcher(text).region(after, text.length());
        return ScriptCheck.isCopyFromClient(ScriptCheck.withoutComments(text.substring(start, after))) && end.find()
                ? end.end()
                : after;
    }

    private void end(int end) {
        String statement = text.substring(start, end);
        if (!ScriptCheck.withoutComments(statement).isBlank()) {
            statements.add(statement);
        }
    }

    private void take(int end) {
        withoutComments.append(text, position, end);
        position = end;
    }

    private void comment(int end) {
        comments.add(new Comment(position, text.substring(position, end)));
        withoutComments.append(' ');
        position = end;
    }

    /** They nest. */
    private int endOfComment() {
        int depth = 0;
        int i = position;
        do {
            if (text.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else if (text.startsWith("*/", i)) {
                depth--;
                i += 2;
            } else {
                i++;
            }
        } while (depth > 0 && i < text.length());
        return Math.min(i, text.length());
    }

    /** An E before it, which ends no longer word. */
    private boolean isEscapeString() {
        return position > 0
                && Character.toLowerCase(text.charAt(position - 1)) == 'e'
                && (position == 1 || !isPartOfWord(text.charAt(position - 2)));
    }

    private void quoted(char quote, boolean escapes) {
        int i = position + 1;
        while (i < text.length() && text.charAt(i) != quote) {
            i += escapes && text.charAt(i) == '\\' ? 2 : 1;
        }
        // A doubled quote begins the next part of the same string.
        take(Math.min(i + 1, text.length()));
    }

    private boolean dollarQuoted() {
        Matcher opening = DOLLAR_QUOTE.matcher(text).region(position, text.length());
        if (!opening.lookingAt()) {
            return false;
        }
        String tag = opening.group();
        int closing = text.indexOf(tag, opening.end());
        int end = closing < 0 ? text.length() : closing;
        withoutComments.append(tag).append(withoutComments(text.substring(opening.end(), end)));
        position = end;
        take(Math.min(text.length(), end + tag.length()));
        return true;
    }

    private boolean word() {
        Matcher word = WORD.matcher(text).region(position, text.length());
        if (!word.lookingAt()) {
            return false;
        }
        String upper = word.group().toUpperCase(Locale.ROOT);
        if (words.size() < FIRST_WORDS) {
            words.add(upper);
        }
        if ((upper.equals("BEGIN") && isRoutine()) || (upper.equals("CASE") && blocks > 0)) {
            blocks++;
        } else if (upper.equals("END") && blocks > 0) {
            blocks--;
        }
        take(word.end());
        return true;
    }

    private boolean isRoutine() {
        return ROUTINE.matcher(String.join(" ", words)).matches();
    }

    private static boolean isPartOfWord(char character) {
        return Character.isLetterOrDigit(character) || character == '_' || character == '$';
    }
}
