package io.tenantry.worker.drift;

import io.tenantry.worker.engine.snapshot.Excerpts;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says a difference in one line, in the words of PostgreSQL's manual. */
public final class Wording {
    /** How much of a definition is shown that only one side has. */
    private static final int LONGEST = 200;

    private Wording() {}

    /**
     * One line, such as {@code missing index users_email_idx on users: CREATE INDEX ...}, or {@code changed column users.email:
     * text here, text NOT NULL in the reference}. "here" is the home. Long definitions are cut.
     */
    public static String of(DriftDifference difference) {
        String detail = detail(difference);
        return without(difference) + (detail.isEmpty() ? "" : ": " + detail);
    }

    /** The same without definitions, such as {@code missing index users_email_idx on users}. */
    public static String without(DriftDifference difference) {
        return difference.change().name().toLowerCase(Locale.ROOT) + " " + difference.subject();
    }

    private static String detail(DriftDifference difference) {
        @Nullable String expected = difference.expected();
        @Nullable String actual = difference.actual();
        if (difference.kind().equals("privileges")) {
            return Privileges.changes(expected, actual);
        }
        if (difference.change() != Change.CHANGED) {
            return Excerpts.cut(Objects.requireNonNullElse(actual == null ? expected : actual, ""), LONGEST);
        }
        String more = more(expected, actual);
        if (!more.isEmpty()) {
            return more + " here, not in the reference";
        }
        String less = more(actual, expected);
        if (!less.isEmpty()) {
            return less + " in the reference, not here";
        }
        Excerpts excerpts = new Excerpts(expected, actual);
        return (actual == null ? "none" : excerpts.plain(actual)) + " here, "
                + (expected == null ? "none" : excerpts.plain(expected)) + " in the reference";
    }

    /** What a definition has at its end, after the other one: such as {@code invalid}, or {@code disabled}. */
    private static String more(@Nullable String shorter, @Nullable String longer) {
        if (shorter == null || longer == null) {
            return "";
        }
        if (shorter.isEmpty()) {
            return Excerpts.cut(longer, LONGEST);
        }
        return longer.startsWith(shorter + ", ") ? Excerpts.cut(longer.substring(shorter.length() + 2), LONGEST) : "";
    }
}
