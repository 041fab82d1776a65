package io.tenantry.worker.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that has only commands below it, such as {@code dead-letters}. */
public abstract class CommandGroup implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and end.")
    @SuppressWarnings("UnusedVariable") // picocli asks the option
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** The group with the commands below it. */
    public final CommandLine with(Object... commands) {
        CommandLine line = new CommandLine(this);
        for (Object command : commands) {
            line.addSubcommand(command);
        }
        return line;
    }

    @Override
    public final Integer call() {
        throw new UsageException(
                spec.commandLine(),
                "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
    }
}
