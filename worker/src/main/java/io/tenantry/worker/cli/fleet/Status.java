package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.limits.LimitFinding;
import io.tenantry.worker.operator.fleet.FleetReader;
import io.tenantry.worker.operator.fleet.FleetStatus;
import io.tenantry.worker.operator.limits.FleetLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code status}. */
@Command(
        name = "status",
        description = {
            "Shows the whole fleet as the registry knows it: tenants by database and version, failed ones, workers and their"
                    + " migrations, rollouts that have not ended.",
            "A home is behind if it lacks a migration that a live worker has. It is unverified if its version is the newest"
                    + " and the registry does not know which scripts it has. A tenant is failed if the last of its requests"
                    + " failed, skipped ones left out. In flight is what rollouts have sent and no worker has answered.",
            "With --checks it also measures what servers may run out of, with one connection of each within the cap: tenants"
                    + " against max-tenants, tables that no migration has, dead rows in catalogs, locks, connections, size,"
                    + " invalid indexes, and what holds VACUUM and CREATE INDEX CONCURRENTLY back; each with what to do. A"
                    + " limit that is near does not change the exit status."
        },
        footer = {
            "",
            "Example:",
            "  tenantry status",
            "  tenantry status --checks",
            "  tenantry status --json | jq .failed"
        })
public final class Status extends OperatorCommand {
    @Option(names = "--checks", description = "Also measure the limits of the servers, each with what to do.")
    private boolean checks;

    public Status(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        FleetStatus status = new FleetReader(invocation.access()).status();
        Output output = invocation.output();
        @Nullable List<LimitFinding> limits = checks ? new FleetLimits(invocation.access(), output::note).findings() : null;
        if (output.isJson()) {
            output.json(StatusJson.of(status, limits));
            return ExitStatus.DONE;
        }
        new StatusText(output, invocation.next()).write(status);
        if (limits != null) {
            LimitText.write(output, limits);
        }
        return ExitStatus.DONE;
    }
}
