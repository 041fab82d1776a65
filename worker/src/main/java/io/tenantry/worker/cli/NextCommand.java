package io.tenantry.worker.cli;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes commands that reach the same deployment as this one: a user can copy them as they are. */
public final class NextCommand {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    /** Without options: a command that has {@code --config} is in full. */
    private static final Pattern COMMAND = Pattern.compile("`tenantry ((?:(?! --config)[^`])*)`");

    private final String options;

    private NextCommand(String options) {
        this.options = options;
    }

    /** Commands that need the settings of {@code file}; the default file is not named. */
    public static NextCommand with(Path file) {
        String name = file.toString();
        return new NextCommand(name.equals(SettingsOption.DEFAULT) ? "" : " --config " + quoted(name));
    }

    /**
     * The command in full.
     *
     * @param text without the program's name, as in {@code status --json}
     */
    public String of(String text) {
        return "tenantry " + text + options;
    }

    /**
     * The same message with each of its commands in full. What is not about the command line writes a command as {@code
     * `tenantry status`}: it does not know which settings the user gave.
     */
    public String completed(String message) {
        return COMMAND.matcher(message).replaceAll(found -> Matcher.quoteReplacement("`" + of(found.group(1)) + "`"));
    }

    /** As one word for a POSIX shell. */
    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
