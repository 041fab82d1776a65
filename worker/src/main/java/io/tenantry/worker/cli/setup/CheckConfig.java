package io.tenantry.worker.cli.setup;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.setup.ConfigCheck;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code config check}. */
@Command(
        name = "check",
        description = {
            "Checks the settings and the folders of migrations; needs no server. Secrets are not shown.",
            "With --connect also what a worker needs to start: Kafka and its topics, the registry, the servers and the rights"
                    + " there. Changes nothing. Takes one connection of each server, and waits for it if workers have all. The"
                    + " scripts are not tried: a worker does that when it starts.",
            "Status 2 if the settings or folders cannot be used, 1 if --connect has found a fault."
        },
        footer = {"", "Example:", "  tenantry config check", "  tenantry config check --connect --config new.yaml"})
public final class CheckConfig extends OperatorCommand {
    @Option(names = "--connect", description = "Also connect to Kafka, the registry and the servers.")
    private boolean connect;

    public CheckConfig(Environment environment) {
        super(environment);
    }

    private record CheckJson(boolean usable, boolean connected, List<String> faults) {}

    @Override
    protected int run(Invocation invocation) throws Exception {
        Output output = invocation.output();
        Settings settings = invocation.settings();
        List<String> faults = ConfigCheck.local(settings);
        int status = faults.isEmpty() ? ExitStatus.DONE : ExitStatus.UNUSABLE;
        if (faults.isEmpty() && connect) {
            faults = ConfigCheck.connected(invocation.access(), output::note);
            status = faults.isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
        }
        if (output.isJson()) {
            output.json(new CheckJson(faults.isEmpty(), connect, faults));
        } else if (faults.isEmpty()) {
            output.line(
                    Colour.GOOD,
                    connect
                            ? "the settings can be used, and what they name can be reached"
                            : "the settings can be used; no server was asked (--connect)");
        } else {
            output.note("tenantry: a worker cannot start with these settings:");
            faults.forEach(fault -> output.line(Colour.BAD, fault));
        }
        return status;
    }
}
