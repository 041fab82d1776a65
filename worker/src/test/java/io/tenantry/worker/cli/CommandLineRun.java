package io.tenantry.worker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.worker.Commands;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.scenario.Deployment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
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
        return new Environment(variables, new Properties(), terminal, () -> {}, ProcessSignals.NONE);
    }

    /** Runs one of these commands. */
    public static CommandLineRun of(Environment environment, List<Object> commands, String... arguments) {
        return of(CommandLines.of("1.2", environment, commands), arguments);
    }

    /** Runs a command of the product in a pipe, on this deployment. */
    public static CommandLineRun on(Deployment deployment, String... arguments) {
        return on(deployment, ProcessSignals.NONE, arguments);
    }

    /** The same, with a Ctrl-C at the moment from which on the command ends by itself. */
    public static CommandLineRun interruptedOn(Deployment deployment, String... arguments) {
        return on(
                deployment,
                interruption -> {
                    interruption.signal(Interruption.Signal.INT);
                    return () -> {};
                },
                arguments);
    }

    private static CommandLineRun on(Deployment deployment, ProcessSignals signals, String... arguments) {
        Properties properties = new Properties();
        deployment.overrides().forEach((key, value) -> properties.setProperty("tenantry." + key, value));
        Environment environment = new Environment(Map.of(), properties, false, () -> {}, signals);
        CommandLine line = Commands.of(environment, (settings, next) -> {
            throw new IllegalStateException("a test runs no worker by the command line");
        });
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--config", deployment.settingsFile().toString()));
        return of(line, all.toArray(String[]::new));
    }

    /** All commands of the product, in a pipe. */
    static CommandLine product() {
        return Commands.of(PIPE, (settings, next) -> {
            throw new IllegalStateException("a test runs no worker by the command line");
        });
    }

    static CommandLineRun of(CommandLine line, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(arguments);
        return new CommandLineRun(status, out.toString(), err.toString());
    }

    /** The lines of standard output as JSON. */
    public List<JsonNode> json() {
        ObjectMapper mapper = new ObjectMapper();
        return lines().stream()
                .map(line -> {
                    try {
                        return mapper.readTree(line);
                    } catch (JsonProcessingException noJson) {
                        throw new IllegalStateException(line, noJson);
                    }
                })
                .toList();
    }

    /** The lines of standard output. */
    public List<String> lines() {
        return out.isEmpty() ? List.of() : Arrays.asList(out.split("\n"));
    }
}
