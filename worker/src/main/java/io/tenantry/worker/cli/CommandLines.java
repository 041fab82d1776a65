package io.tenantry.worker.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts commands together, and reports what they throw: in a line each, with the exit status, and never a stack trace. */
public final class CommandLines {
    private static final int WIDTH = 80;

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
        line.setParameterExceptionHandler(CommandLines::wrongOptions);
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

    private static int wrongOptions(ParameterException failure, String... arguments) {
        CommandLine line = failure.getCommandLine();
        // Of options that could not be read, none is set.
        boolean json = List.of(arguments).contains(OperatorCommand.JSON);
        return written(FailureReport.of(failure), output(line, json), () -> {
            UnmatchedArgumentException.printSuggestions(failure, line.getErr());
            line.getErr().println("see `" + line.getCommandSpec().qualifiedName() + " --help`");
        });
    }

    private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof OutputClosedException) {
            return ExitStatus.OUTPUT_CLOSED;
        }
        boolean json = line.getParseResult().hasMatchedOption(OperatorCommand.JSON);
        return written(FailureReport.of(failure, next(line.getCommand())), output(line, json), () -> {});
    }

    private static NextCommand next(Object command) {
        return command instanceof OperatorCommand operator
                ? operator.next()
                : NextCommand.with(Path.of(SettingsOption.DEFAULT));
    }

    private static Output output(CommandLine line, boolean json) {
        return new Output(line.getOut(), line.getErr(), json, false);
    }

    private static int written(FailureReport report, Output output, Runnable advice) {
        try {
            report.write(output);
            advice.run();
            return report.status();
        } catch (OutputClosedException nobodyReads) {
            return ExitStatus.OUTPUT_CLOSED;
        }
    }
}
