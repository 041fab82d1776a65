package io.tenantry.worker.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine;

/**
 * A command line that was run in this process, as from a terminal or a pipe.
 *
 * @param out standard output
 * @param err standard error
 */
public record CommandLineRun(int status, String out, String err) {
    /** A terminal that shows colours. */
    public static final Environment TERMINAL = environment(true, Map.of("TERM", "xterm"));
    /** No terminal. */
    public static final Environment PIPE = environment(false, Map.of("TERM", "xterm"));

    /** Without system properties. */
    public static Environment environment(boolean terminal, Map<String, String> variables) {
        return new Environment(variables, new Properties(), terminal, () -> {});
    }

    /** Runs one of these commands. */
    public static CommandLineRun of(Environment environment, List<Object> commands, String... arguments) {
        CommandLine line = CommandLines.of("1.2", environment, commands);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(arguments);
        return new CommandLineRun(status, out.toString(), err.toString());
    }

    /** The lines of standard output. */
    public List<String> lines() {
        return Arrays.asList(out.split("\n"));
    }
}
