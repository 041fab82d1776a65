package io.tenantry.worker.cli.fleet;

import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.fleet.FleetReader;
import io.tenantry.worker.operator.fleet.Home;
import io.tenantry.worker.operator.fleet.TenantDetails;
import io.tenantry.worker.registry.overview.AnsweredRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenant}. */
@Command(
        name = "tenant",
        description = {
            "Shows one tenant: its homes and versions, and its requests with their results from the ledger, newest first.",
            "The ledger has a request for registry.ledger-retention."
        },
        footer = {"", "Example:", "  tenantry tenant acme", "  tenantry tenant acme --json | jq '.requests[0]'"})
public final class ShowTenant extends OperatorCommand {
    @Parameters(paramLabel = "TENANT", description = "Its name.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String tenant;

    @Option(
            names = "--requests",
            paramLabel = "COUNT",
            defaultValue = "10",
            description = "How many requests at most (default: ${DEFAULT-VALUE}).")
    private int requests;

    public ShowTenant(Environment environment) {
        super(environment);
    }

    /**
     * What {@code --json} writes.
     *
     * @param requests newest first
     */
    private record TenantJson(
            String tenant,
            boolean registered,
            @Nullable Instant createdAt,
            Map<String, String> attributes,
            List<Home> homes,
            List<TenantResult> requests) {}

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (requests < 0) {
            throw usage("--requests " + requests + " is below 0");
        }
        TenantDetails details = new FleetReader(invocation.access())
                .tenant(tenant, requests)
                .orElseThrow(() ->
                        new OperationFailedException("tenant " + tenant + " is neither registered nor in the ledger; `"
                                + invocation.next().of("tenants") + "` lists all"));
        Output output = invocation.output();
        if (output.isJson()) {
            output.json(new TenantJson(
                    details.tenant(),
                    details.isRegistered(),
                    details.createdAt(),
                    details.attributes(),
                    details.homes(),
                    details.requests().stream().map(AnsweredRequest::result).toList()));
        } else {
            output.line(Colour.HEADING, details.tenant());
            new TenantText(output, invocation.next()).write(details);
        }
        return ExitStatus.DONE;
    }
}
