package io.tenantry.worker.cli;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.config.read.SettingsReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The commands of {@code tenantry.jar}. */
public final class CommandLines {
    private CommandLines() {}

    /**
     * The command line, with what its commands do.
     *
     * @param version printed by {@code --version}
     */
    public static CommandLine of(String version, Action run, Action topics) {
        CommandLine line = new CommandLine(new Tenantry());
        line.getCommandSpec().version("tenantry " + version);
        line.addSubcommand(new Run(run));
        line.addSubcommand(new CreateTopics(topics));
        return line;
    }

    @Command(
            name = "tenantry",
            mixinStandardHelpOptions = true,
            description = "Onboards and upgrades the PostgreSQL schemas of a tenant fleet, driven by Kafka events.")
    private static final class Tenantry implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Override
        public void run() {
            throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
        }
    }

    /** A command that needs the settings. */
    private abstract static class WithSettings implements Callable<Integer> {
        @Option(
                names = "--config",
                paramLabel = "FILE",
                defaultValue = "tenantry.yaml",
                description = "The settings (default: ${DEFAULT-VALUE}).")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path config;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        private final Action action;

        WithSettings(Action action) {
            this.action = action;
        }

        @Override
        public Integer call() throws Exception {
            Settings settings;
            try {
                settings = SettingsReader.read(config, System.getenv(), System.getProperties());
            } catch (InvalidSettingsException invalid) {
                var err = spec.commandLine().getErr();
                err.println("tenantry: the settings cannot be used:");
                invalid.faults().forEach(fault -> err.println("  " + fault));
                return Action.UNUSABLE;
            }
            return action.run(settings);
        }
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description = "Consumes requests until it is stopped by SIGTERM.")
    private static final class Run extends WithSettings {
        Run(Action action) {
            super(action);
        }
    }

    @Command(name = "topics", mixinStandardHelpOptions = true, description = "Creates the topics that do not exist.")
    private static final class CreateTopics extends WithSettings {
        CreateTopics(Action action) {
            super(action);
        }
    }
}
