package io.tenantry.worker.cli.drift;

import io.tenantry.contracts.TenantName;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.ObjectKinds;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.drift.DriftRun;
import io.tenantry.worker.operator.drift.DriftScope;
import io.tenantry.worker.registry.overview.HomePlaces;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drift}. */
@Command(
        name = "drift",
        description = {
            "Compares homes with what their own migrations make, and shows what is missing, extra or changed.",
            "A home is compared at its own version. What its migrations make is found out on the same server, in a scratch schema"
                    + " or database that is dropped, and kept in the registry.",
            "Reads catalogs only, and holds no lock of a home. Workers may run: a home that is migrated meanwhile is looked at"
                    + " again, and counted as being migrated if it still is.",
            "Status 1 if a home differs or could not be compared, or the tenant has none."
        },
        footer = {
            "",
            "Example:",
            "  tenantry drift --tenant acme",
            "  tenantry drift --database users --sample 5%%",
            "  tenantry drift --json | jq -r 'select(.differences) | .tenant'"
        })
public final class Drift extends OperatorCommand {
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d+)?)%");

    @Option(names = "--tenant", paramLabel = "TENANT", description = "Homes of this tenant only.")
    private @Nullable String tenant;

    @Option(names = "--database", paramLabel = "DATABASE", description = "Homes of this database only.")
    private @Nullable String database;

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            description =
                    "Compare only so many of the tenants' homes of each database, chosen at random, such as 5%%; at least one"
                            + " of each.")
    private @Nullable String sample;

    @Option(
            names = "--exclude",
            paramLabel = "PATTERN",
            description =
                    "Leave out these objects with their parts, such as 'table audit_*' or 'privileges on *'; may be given"
                            + " several times. Beside databases.<name>.drift-exclude.")
    private List<String> excluded = new ArrayList<>();

    public Drift(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        double share = share();
        if (tenant != null && sample != null) {
            throw usage("--sample chooses among tenants: give it without --tenant");
        }
        if (tenant != null && !TenantName.isValid(tenant)) {
            throw usage("--tenant is " + tenant + "; expected " + TenantName.PATTERN);
        }
        checkDatabase(invocation.settings());
        checkExcluded();
        DriftScope scope = new DriftScope(
                new HomePlaces(tenant, database),
                share,
                excluded.stream().map(Glob::new).toList());
        ShownDrift shown = new ShownDrift(invocation.output(), invocation.next());
        try {
            new DriftRun(invocation.access(), scope).run(shown);
        } catch (OperationFailedException failure) {
            shown.showSoFar();
            throw failure;
        }
        int status = shown.end(invocation.access().interruption());
        if (tenant != null && shown.isEmpty()) {
            throw new OperationFailedException("tenant " + tenant
                    + (database == null ? " has no registered home" : " has no registered home in database " + database)
                    + ": nothing was compared; what is known of it: "
                    + invocation.next().of("tenant " + tenant));
        }
        return status;
    }

    private double share() {
        if (sample == null) {
            return 1;
        }
        Matcher percent = PERCENT.matcher(sample);
        double share = percent.matches() ? Double.parseDouble(percent.group(1)) / 100 : 0;
        if (share <= 0 || share > 1) {
            throw usage("--sample is " + sample + "; expected a percentage above 0% and up to 100%, such as 5%");
        }
        return share;
    }

    private void checkExcluded() {
        for (String glob : excluded) {
            if (!ObjectKinds.mayMatch(glob)) {
                throw usage("--exclude is " + glob + ", which no object can match; expected " + ObjectKinds.EXPECTED);
            }
        }
    }

    private void checkDatabase(Settings settings) {
        List<String> names =
                settings.databases().stream().map(DatabaseSettings::name).toList();
        if (database != null && !names.contains(database)) {
            throw usage("database " + database + " is not configured; configured: " + String.join(", ", names));
        }
    }
}
