package io.tenantry.worker.cli.setup;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.config.read.InvalidSettingsException;
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
                    + " there. Changes nothing. Takes one connection of each server, and waits for it if workers have all. Where"
                    + " the registry has no tables yet it leases no connection, and the servers are not checked. The scripts"
                    + " are not tried: a worker does that when it starts.",
            "Status 2 if the settings or folders cannot be used, 1 if --connect has found a fault."
        },
        footer = {"", "Example:", "  tenantry config check", "  tenantry config check --connect --config new.yaml"})
public final class CheckConfig extends OperatorCommand {
    @Option(names = "--connect", description = "Also connect to Kafka, the registry and the servers.")
    private boolean connect;

    public CheckConfig(Environment environment) {
        super(environment);
    }

    /**
     * What {@code --json} writes.
     *
     * @param asked whether Kafka and the registry were asked
     * @param unchecked servers that --connect could not look at, since the registry leases no connection there
     */
    private record CheckJson(boolean usable, boolean asked, List<String> faults, List<String> unchecked) {}

    @Override
    protected int run(Invocation invocation) throws Exception {
        List<String> faults = local(invocation);
        if (!faults.isEmpty()) {
            return say(invocation.output(), faults, List.of(), false, ExitStatus.UNUSABLE);
        }
        if (!connect) {
            return say(invocation.output(), List.of(), List.of(), false, ExitStatus.DONE);
        }
        ConfigCheck.Report report = ConfigCheck.connected(invocation.access(), invocation.output()::note);
        int status = report.faults().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
        List<String> found =
                report.faults().stream().map(invocation.next()::completed).toList();
        return say(invocation.output(), found, report.unchecked(), true, status);
    }

    private static List<String> local(Invocation invocation) {
        try {
            return ConfigCheck.local(invocation.settings());
        } catch (InvalidSettingsException invalid) {
            return invalid.faults();
        }
    }

    private static int say(Output output, List<String> faults, List<String> unchecked, boolean asked, int status) {
        if (output.isJson()) {
            output.json(new CheckJson(faults.isEmpty(), asked, faults, unchecked));
        } else if (!faults.isEmpty()) {
            output.note("tenantry: a worker cannot start with these settings:");
            faults.forEach(fault -> output.line(Colour.BAD, fault));
        } else if (!asked) {
            output.line(Colour.GOOD, "the settings can be used; no server was asked (--connect)");
        } else if (unchecked.isEmpty()) {
            output.line(Colour.GOOD, "the settings can be used, and what they name can be reached");
        } else {
            output.line(Colour.WAITING, "the settings can be used, and Kafka and the registry can be reached");
        }
        if (!unchecked.isEmpty()) {
            output.note("not checked: server " + String.join(", ", unchecked)
                    + ": a connection there needs a lease, which the registry does not give now; run this again when it"
                    + " can be used");
        }
        return status;
    }
}
