package io.tenantry.worker.cli.adopt;

import io.tenantry.contracts.TenantName;
import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.OperatorCommand;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.operator.adopt.Forgetting;
import io.tenantry.worker.operator.adopt.Forgetting.Forgotten;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tenants forget}. */
@Command(
        name = "forget",
        description = {
            "Takes tenants out of the registry, and touches nothing else: their homes, with their rows and marks, stay. Writes nothing"
                    + " without --yes.",
            "A tenant of a rollout that is not finished is refused. A request that is worked on meanwhile registers its tenant again."
                    + " Attributes of the tenant are lost.",
            "Status 1 if a tenant was refused or is not registered."
        },
        footer = {"", "Example:", "  tenantry tenants forget acme globex --yes"})
public final class ForgetTenants extends OperatorCommand {
    @Parameters(paramLabel = "TENANT", arity = "1..*", description = "The tenants.")
    private List<String> tenants = new ArrayList<>();

    @Option(names = "--yes", description = "Delete their rows.")
    private boolean yes;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public ForgetTenants(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (!spec.parent().commandLine().getParseResult().matchedOptions().isEmpty()) {
            throw usage("options of `tenants` say nothing to `forget`: write them behind it");
        }
        for (String tenant : tenants) {
            if (!TenantName.isValid(tenant)) {
                throw usage(tenant + " is no name of a tenant; expected " + TenantName.PATTERN);
            }
        }
        List<String> names = tenants.stream().distinct().toList();
        List<Forgotten> all = new Forgetting(invocation.access()).of(names, yes);
        Output output = invocation.output();
        all.forEach(one -> show(one, output));
        long forgotten = all.stream().filter(one -> one.refusal() == null).count();
        if (forgotten > 0) {
            output.note(
                    yes
                            ? "the homes keep their marks: `"
                                    + invocation.next().of("registry rebuild --yes")
                                    + "` would register them again, if they are where databases.<name>.location says"
                            : "nothing was written; forget them with: "
                                    + invocation.next().of("tenants forget " + String.join(" ", names) + " --yes"));
        }
        return forgotten == all.size() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /**
     * A tenant as JSON.
     *
     * @param forgotten whether its rows were deleted
     */
    private record Line(
            String tenant,
            List<String> homes,
            boolean forgotten,
            @Nullable String refusal) {}

    private void show(Forgotten one, Output output) {
        if (output.isJson()) {
            output.json(new Line(one.tenant(), one.homes(), yes && one.refusal() == null, one.refusal()));
        } else if (one.refusal() != null) {
            output.line(Colour.BAD, "refused: " + one.tenant() + ": " + one.refusal());
        } else {
            output.line((yes ? "forgotten: " : "would be forgotten: ")
                    + one.tenant()
                    + (one.homes().isEmpty() ? ", without a home" : ", " + String.join(", ", one.homes())));
        }
    }
}
