package io.tenantry.worker.cli.request;

import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code onboard}. */
@Command(
        name = "onboard",
        description = {
            "Sends a request for each tenant: the workers make its homes. A tenant that is there already stays as it is, and is"
                    + " brought to the newest version.",
            "Status 1 if a request could not be sent; with --wait also if one failed, or has no answer in time."
        },
        footer = {
            "",
            "Example: two tenants, and wait until they are there",
            "  tenantry onboard acme globex --attribute plan=gold --wait",
            "Example: many, one name a line",
            "  tenantry onboard - < names.txt"
        })
public final class Onboard extends OperatorCommand {
    @Parameters(arity = "1..*", paramLabel = "TENANT", description = "The tenants; - reads names from standard input.")
    private List<String> tenants = List.of();

    @Option(
            names = "--databases",
            split = ",",
            paramLabel = "DATABASE",
            description = "Where they shall have homes (default: in all databases that are not shared).")
    private List<String> databases = List.of();

    @Option(
            names = "--attribute",
            paramLabel = "NAME=VALUE",
            description = "An attribute of each of them; may be given several times.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Mixin
    private final WaitOptions waiting = new WaitOptions();

    private final InputStream input;

    /** @param input names of tenants, read if one of the arguments is {@code -} */
    public Onboard(Environment environment, InputStream input) {
        super(environment);
        this.input = input;
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        try {
            var timeout = waiting.timeout();
            List<TenantCreated> requests = Names.tenants(tenants, input).stream()
                    .map(tenant -> new TenantCreated(tenant, databases, attributes))
                    .toList();
            Names.checkDatabases(databases, Configured.databases(invocation.settings()), false);
            if (requests.isEmpty()) {
                throw usage("no tenant is named, and standard input has none; nothing was sent");
            }
            Sending sending = new Sending(invocation, RequestType.ONBOARDING);
            return waiting.isWanted() ? sending.sendAndWait(requests, timeout) : sending.send(requests);
        } catch (IllegalArgumentException wrong) {
            throw usage(String.valueOf(wrong.getMessage()));
        }
    }
}
