package io.tenantry.worker.cli.request;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RequestType;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code migrate}. */
@Command(
        name = "migrate",
        description = {
            "Sends a request for each tenant, or for one shared database: the workers bring it to a version.",
            "Status 1 if a request could not be sent; with --wait also if one failed, or has no answer in time."
        },
        footer = {
            "",
            "Example: one tenant to the newest version, and wait for it",
            "  tenantry migrate acme --wait",
            "Example: what would be sent to the database, for somebody to read first",
            "  tenantry migrate acme --to 11 --dry-run > plan.sql",
            "Example: the shared database billing to version 11",
            "  tenantry migrate --database billing --to 11"
        })
public final class Migrate extends OperatorCommand {
    @Parameters(arity = "0..*", paramLabel = "TENANT", description = "The tenants; - reads names from standard input.")
    private List<String> tenants = List.of();

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            description = "In place of tenants: one that all tenants share.")
    private @Nullable String database;

    @Option(
            names = "--databases",
            split = ",",
            paramLabel = "DATABASE",
            description = "Of the tenants' databases, those to bring there (default: all).")
    private List<String> databases = List.of();

    @Option(
            names = "--to",
            paramLabel = "VERSION",
            description = "The version to reach (default: the newest that the workers have).")
    private @Nullable String version;

    @Option(
            names = "--dry-run",
            description = {
                "Send nothing: show the scripts that each home lacks, and their SQL as Flyway would split and send it, from a"
                        + " read-only session. Takes one of the servers\' connections; status 1 if a request would fail."
            })
    private boolean dryRun;

    @Mixin
    private final WaitOptions waiting = new WaitOptions();

    private final InputStream input;

    /** @param input names of tenants, read if one of the arguments is {@code -} */
    public Migrate(Environment environment, InputStream input) {
        super(environment);
        this.input = input;
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        try {
            var timeout = waiting.timeout();
            List<MigrationRequested> requests = requests();
            Map<String, Boolean> configured = Configured.databases(invocation.settings());
            if (database != null) {
                Names.checkDatabases(List.of(database), configured, true);
            }
            Names.checkDatabases(databases, configured, false);
            if (dryRun) {
                if (waiting.isWanted()) {
                    throw usage("--dry-run sends nothing to --wait for");
                }
                return new ShownDryRun(invocation).show(requests);
            }
            Sending sending = new Sending(invocation, RequestType.MIGRATION);
            return waiting.isWanted() ? sending.sendAndWait(requests, timeout) : sending.send(requests);
        } catch (IllegalArgumentException wrong) {
            throw usage(String.valueOf(wrong.getMessage()));
        }
    }

    private List<MigrationRequested> requests() {
        if (database == null && tenants.isEmpty()) {
            throw new IllegalArgumentException("a tenant is missing, or --database with a shared database");
        }
        String target = Objects.requireNonNullElse(version, MigrationRequested.LATEST);
        if (database != null) {
            if (!tenants.isEmpty()) {
                throw new IllegalArgumentException("--database " + database
                        + " is a shared database in place of tenants; give --databases beside tenants");
            }
            return List.of(new MigrationRequested(null, database, databases, target, null, 1));
        }
        List<MigrationRequested> requests = Names.tenants(tenants, input).stream()
                .map(tenant -> new MigrationRequested(tenant, null, databases, target, null, 1))
                .toList();
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("standard input has no name of a tenant; nothing was sent");
        }
        return requests;
    }
}
