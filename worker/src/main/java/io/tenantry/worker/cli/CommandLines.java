package io.tenantry.worker.cli;

import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.OperationFailedException;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts commands together, and reports what they throw: in a line each, with the exit status, and never a stack trace. */
public final class CommandLines {
    private static final int WIDTH = 100;

    private CommandLines() {}

    /**
     * The whole command line.
     *
     * @param version printed by {@code --version}
     * @param commands objects with picocli's {@code Command}, or groups made by {@link CommandGroup#with}
     */
    public static CommandLine of(String version, Environment environment, List<Object> commands) {
        CommandLine line = new Tenantry().with(commands.toArray());
        line.getCommandSpec().version("tenantry " + version);
        line.addSubcommand(completion());
        // For the commands below it, too.
        line.setColorScheme(Help.defaultColorScheme(environment.isStyled() ? Help.Ansi.ON : Help.Ansi.OFF));
        line.setUsageHelpWidth(WIDTH);
        line.setParameterExceptionHandler((failure, arguments) -> wrongOptions(failure));
        line.setExecutionExceptionHandler(CommandLines::failed);
        return line;
    }

    private static CommandLine completion() {
        CommandLine completion = new CommandLine(new GenerateCompletion());
        completion
                .getCommandSpec()
                .usageMessage()
                .footer("", "Example: completion in this bash", "  source <(tenantry generate-completion)");
        return completion;
    }

    private static int wrongOptions(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        say(line, Escaped.line(String.valueOf(failure.getMessage())));
        UnmatchedArgumentException.printSuggestions(failure, line.getErr());
        line.getErr().println("see `" + line.getCommandSpec().qualifiedName() + " --help`");
        return ExitStatus.UNUSABLE;
    }

    private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof OutputClosedException) {
            return ExitStatus.OUTPUT_CLOSED;
        }
        if (failure instanceof InvalidSettingsException invalid) {
            say(line, "the settings cannot be used:");
            invalid.faults().forEach(fault -> line.getErr().println("  " + Escaped.line(fault)));
            return ExitStatus.UNUSABLE;
        }
        if (failure instanceof OperationFailedException) {
            say(line, Escaped.line(String.valueOf(failure.getMessage())));
            return ExitStatus.FAILED;
        }
        StackTraceElement[] trace = failure.getStackTrace();
        say(
                line,
                "a bug ended this command: " + Escaped.line(failure.toString())
                        + (trace.length == 0 ? "" : " at " + trace[0])
                        + "; what it has written so far is true, what it was to do may be done in part; please report it");
        return ExitStatus.FAILED;
    }

    private static void say(CommandLine line, String message) {
        line.getErr().println("tenantry: " + message);
    }
}
