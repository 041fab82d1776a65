package io.tenantry.worker.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A command of an operator. A subclass has the options, and says in {@link #run} what it does. What it throws is
 * reported in one line by {@link CommandLines}.
 */
public abstract class OperatorCommand implements Callable<Integer> {
    static final String JSON = "--json";

    @Mixin
    private final SettingsOption settings = new SettingsOption();

    @Option(names = JSON, description = "Write JSON lines: one object a line.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and end.")
    @SuppressWarnings("UnusedVariable") // picocli asks the option
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private final Environment environment;

    protected OperatorCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public final Integer call() throws Exception {
        environment.quietLog().run();
        Output output =
                new Output(spec.commandLine().getOut(), spec.commandLine().getErr(), json, environment.isStyled());
        try (Invocation invocation = new Invocation(settings, environment, output)) {
            return run(invocation);
        }
    }

    /**
     * Does the work.
     *
     * @return the {@link ExitStatus}
     */
    protected abstract int run(Invocation invocation) throws Exception;

    /** Writes commands with the settings of this one. */
    final NextCommand next() {
        return NextCommand.with(settings.file());
    }

    /** Options that picocli accepts one by one, and that do not fit together. */
    protected final UsageException usage(String message) {
        return new UsageException(spec.commandLine(), message);
    }
}
