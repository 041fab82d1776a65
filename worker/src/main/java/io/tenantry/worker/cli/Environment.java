package io.tenantry.worker.cli;

import java.io.Console;
import java.util.Map;
import java.util.Properties;

/**
 * What surrounds a command line.
 *
 * @param variables the environment variables
 * @param properties the system properties
 * @param terminal whether standard input and output are a terminal
 * @param quietLog called before any command but {@code run}: sends the log to standard error, warnings and errors only
 * @param signals those that ask the process to end
 */
public record Environment(
        Map<String, String> variables,
        Properties properties,
        boolean terminal,
        Runnable quietLog,
        ProcessSignals signals) {

    /** The one of this process. */
    public static Environment ofProcess(Runnable quietLog, ProcessSignals signals) {
        return new Environment(System.getenv(), System.getProperties(), isTerminal(), quietLog, signals);
    }

    /** A console is a terminal on Java 17; from Java 22 on it says itself whether it is one. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (ReflectiveOperationException unknown) {
            return false;
        }
    }

    /** Whether lines can be written over: on a terminal that can do that. */
    public boolean isCapable() {
        return terminal && !"dumb".equals(variables.getOrDefault("TERM", "dumb"));
    }

    /**
     * Whether colours are shown: on a terminal that has them, unless the user wants none.
     *
     * @see <a href="https://no-color.org">NO_COLOR</a>
     */
    public boolean isStyled() {
        return isCapable() && variables.getOrDefault("NO_COLOR", "").isEmpty();
    }
}
