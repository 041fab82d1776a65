package io.tenantry.worker.cli.setup;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.SettingsOption;
import io.tenantry.worker.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run}: a worker. Its output is its log, so it has no {@code --json}. */
@Command(
        name = "run",
        description = {
            "Runs a worker: consumes requests until it is stopped by SIGTERM.",
            "Status: 0 after a drain, 2 if it cannot start, 70 if it is broken and should be replaced.",
            "TENANTRY_LOG_FORMAT=json writes its log as JSON lines."
        },
        footer = {"", "Example:", "  tenantry run --config /etc/tenantry/tenantry.yaml"})
public final class Run implements Callable<Integer> {
    @Mixin
    private final SettingsOption option = new SettingsOption();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and end.")
    @SuppressWarnings("UnusedVariable") // picocli asks the option
    private boolean help;

    private final Environment environment;
    private final Life worker;

    /** The life of a worker. */
    public interface Life {
        /**
         * Works until the process is stopped; returns its exit status.
         *
         * @param next completes the commands that messages name
         */
        int run(Settings settings, NextCommand next);
    }

    public Run(Environment environment, Life worker) {
        this.environment = environment;
        this.worker = worker;
    }

    @Override
    public Integer call() throws Exception {
        return worker.run(option.read(environment), NextCommand.with(option.file()));
    }
}
