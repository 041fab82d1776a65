package io.tenantry.worker.cli.registry;

import io.tenantry.contracts.TenantName;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.rebuild.Rebuild;
import io.tenantry.worker.operator.rebuild.Rebuild.Writes;
import io.tenantry.worker.operator.rebuild.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code registry rebuild}. */
@Command(
        name = "rebuild",
        description = {
            "Reads the truth from the tenants' own homes (their marks and history tables), and shows where the registry differs."
                    + " Writes nothing without --yes.",
            "Reads one home at a time, in transactions of one short query, on one of the servers' connections. Workers may run."
                    + " Can be stopped and run again at any time.",
            "Attributes of tenants are in the registry only: those that are there stay, those that are lost stay lost.",
            "Status 1 if a home could not be read or told apart."
        },
        footer = {
            "",
            "Example: look first, then correct the homes that are there",
            "  tenantry registry rebuild",
            "  tenantry registry rebuild --yes"
        })
public final class RebuildRegistry extends OperatorCommand {
    @Option(names = "--database", paramLabel = "DATABASE", description = "Homes of this database only.")
    private @Nullable String database;

    @Option(names = "--tenant", paramLabel = "TENANT", description = "Homes of this tenant only.")
    private @Nullable String tenant;

    @Option(names = "--yes", description = "Write rows of homes that are missing in the registry or differ there.")
    private boolean yes;

    @Option(names = "--prune", description = "With --yes: also delete rows whose home does not exist.")
    private boolean prune;

    public RebuildRegistry(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (prune && !yes) {
            throw usage("--prune deletes rows: give it together with --yes, after a look without both");
        }
        if (tenant != null && !TenantName.isValid(tenant)) {
            throw usage("--tenant is " + tenant + "; expected " + TenantName.PATTERN);
        }
        checkDatabase(invocation.settings());
        Writes writes = !yes ? Writes.NOTHING : prune ? Writes.HOMES_AND_DELETIONS : Writes.HOMES;
        ShownRebuild shown = new ShownRebuild(invocation.output(), writes, command(invocation));
        new Rebuild(invocation.access(), new Scope(database, tenant), writes).run(shown);
        return shown.end(invocation.access().interruption());
    }

    /** The same command for the same homes, without what it writes. */
    private String command(Invocation invocation) {
        StringBuilder command = new StringBuilder("registry rebuild");
        if (database != null) {
            command.append(" --database ").append(database);
        }
        if (tenant != null) {
            command.append(" --tenant ").append(tenant);
        }
        return invocation.next().of(command.toString());
    }

    private void checkDatabase(Settings settings) {
        List<String> names =
                settings.databases().stream().map(DatabaseSettings::name).toList();
        if (database != null && !names.contains(database)) {
            throw usage("database " + database + " is not configured; configured: " + String.join(", ", names));
        }
    }
}
