package io.tenantry.worker.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.regex.Pattern;

/**
 * {@code %entry(...)} in the pattern of a text log: the text inside, so that nothing in it looks like another entry of the
 * log. Lines after the first are indented; other characters that do not show become question marks. Messages and
 * exceptions repeat what tenants' data, scripts and events contain.
 */
public final class OneEntryConverter extends CompositeConverter<ILoggingEvent> {
    private static final String INDENT = "    ";
    private static final Pattern LINE_BREAK = Pattern.compile("\\R");

    @Override
    protected String transform(ILoggingEvent event, String text) {
        return isOnePlainLine(text) ? text : safe(text);
    }

    /** Most entries are, and there are many. */
    private static boolean isOnePlainLine(String text) {
        int end = text.endsWith(System.lineSeparator())
                ? text.length() - System.lineSeparator().length()
                : text.length();
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length() + INDENT.length());
        String[] lines = LINE_BREAK.split(text, -1);
        // The last line is empty: the text ends with a line break.
        int last = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        for (int i = 0; i < last; i++) {
            safe.append(i == 0 ? "" : INDENT);
            lines[i].codePoints().forEach(c -> safe.appendCodePoint(c == '\t' || VisibleText.shows(c) ? c : '?'));
            safe.append(System.lineSeparator());
        }
        return safe.toString();
    }
}
