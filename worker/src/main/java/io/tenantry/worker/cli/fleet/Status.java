package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.operator.fleet.FleetReader;
import io.tenantry.worker.operator.fleet.FleetStatus;
import picocli.CommandLine.Command;

/** {@code status}. */
@Command(
        name = "status",
        description = {
            "Shows the whole fleet as the registry knows it: tenants by database and version, failed ones, workers and their"
                    + " migrations, rollouts that have not ended.",
            "A home is behind if it lacks a migration that a live worker has. It is unverified if its version is the newest"
                    + " and the registry does not know which scripts it has. A tenant is failed if the last of its requests"
                    + " failed, skipped ones left out. In flight is what rollouts have sent and no worker has answered."
        },
        footer = {"", "Example:", "  tenantry status", "  tenantry status --json | jq .failed"})
public final class Status extends OperatorCommand {
    public Status(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        FleetStatus status = new FleetReader(invocation.access()).status();
        Output output = invocation.output();
        if (output.isJson()) {
            output.json(StatusJson.of(status));
        } else {
            new StatusText(output, invocation.next()).write(status);
        }
        return ExitStatus.DONE;
    }
}
