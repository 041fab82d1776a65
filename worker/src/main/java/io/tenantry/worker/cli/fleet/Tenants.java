package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.cli.Words;
import io.tenantry.worker.operator.fleet.Failure;
import io.tenantry.worker.operator.fleet.FleetReader;
import io.tenantry.worker.operator.fleet.Home;
import io.tenantry.worker.operator.fleet.TenantState;
import io.tenantry.worker.registry.overview.TenantFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tenants}. */
@Command(
        name = "tenants",
        description = {
            "Lists tenants with their homes, one line a home, by name. Of several options all must hold.",
            "What failed and behind mean is in `tenantry status --help`."
        },
        footer = {
            "",
            "Example:",
            "  tenantry tenants --failed",
            "  tenantry tenants --database users --version 41 --attribute plan=premium",
            "  tenantry tenants --behind --json | jq -r .tenant"
        })
public final class Tenants extends OperatorCommand {
    @Option(names = "--failed", description = "Only tenants whose last request failed, with the error.")
    private boolean failed;

    @Option(names = "--behind", description = "Only homes that lack a migration that a live worker has.")
    private boolean behind;

    @Option(
            names = "--drifted",
            description = "Only homes that differ from what their migrations make, as the last look at them found.")
    private boolean drifted;

    @Option(names = "--version", paramLabel = "VERSION", description = "Only homes at this version.")
    private @Nullable String version;

    @Option(names = "--database", paramLabel = "NAME", description = "Only homes in this database.")
    private @Nullable String database;

    @Option(
            names = "--attribute",
            paramLabel = "KEY=VALUE",
            description = "Only tenants with this attribute; may be given several times.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    public Tenants(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        List<TenantState> tenants = new FleetReader(invocation.access())
                .tenants(
                        new TenantFilter(database, version, attributes),
                        failed,
                        behind || drifted ? this::isMeant : null);
        Output output = invocation.output();
        if (output.isJson()) {
            tenants.forEach(output::json);
        } else if (tenants.isEmpty()) {
            output.note("no tenant is like that");
        } else {
            output.table(table(tenants));
        }
        return ExitStatus.DONE;
    }

    private boolean isMeant(Home home) {
        return (!behind || home.lacksMigrations()) && (!drifted || home.hasDrifted());
    }

    private TextTable table(List<TenantState> tenants) {
        TextTable table = failed
                ? new TextTable("TENANT", "DATABASE", "VERSION", "STATE", "FAILED AT", "CODE", "ERROR")
                : new TextTable("TENANT", "DATABASE", "VERSION", "STATE", "FAILED");
        for (TenantState tenant : tenants) {
            if (tenant.homes().isEmpty()) {
                row(table, tenant, null);
            }
            tenant.homes().forEach(home -> row(table, tenant, home));
        }
        return table;
    }

    private void row(TextTable table, TenantState tenant, @Nullable Home home) {
        @Nullable Failure failure = tenant.failure();
        @Nullable String where = home == null ? null : home.database();
        @Nullable String at = home == null ? null : home.version();
        String state = home != null ? Words.of(home.state()) : tenant.registered() ? "no home" : "not registered";
        Colour colour = failure != null || home == null ? Colour.BAD : HomeColours.of(home.state());
        if (failed && failure != null) {
            table.row(
                    colour,
                    tenant.tenant(),
                    where,
                    at,
                    state,
                    Words.of(failure.at()),
                    failure.error().code().code(),
                    ErrorText.of(failure.error()));
        } else {
            String code = failure == null ? null : failure.error().code().code();
            table.row(colour, tenant.tenant(), where, at, state, code);
        }
    }
}
