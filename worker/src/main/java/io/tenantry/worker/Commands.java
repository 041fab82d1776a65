package io.tenantry.worker;

import io.tenantry.worker.cli.CommandLines;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.adopt.Adopt;
import io.tenantry.worker.cli.adopt.ForgetTenants;
import io.tenantry.worker.cli.deadletters.DeadLettersGroup;
import io.tenantry.worker.cli.drift.Drift;
import io.tenantry.worker.cli.fleet.ShowTenant;
import io.tenantry.worker.cli.fleet.Status;
import io.tenantry.worker.cli.fleet.Tenants;
import io.tenantry.worker.cli.registry.RebuildRegistry;
import io.tenantry.worker.cli.registry.RegistryGroup;
import io.tenantry.worker.cli.request.Migrate;
import io.tenantry.worker.cli.request.Onboard;
import io.tenantry.worker.cli.rollout.RolloutGroup;
import io.tenantry.worker.cli.setup.Config;
import io.tenantry.worker.cli.setup.CreateTopics;
import io.tenantry.worker.cli.setup.Run;
import io.tenantry.worker.cli.verify.Verify;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;

/** All commands of {@code tenantry.jar}, in the order of its help. */
public final class Commands {
    private Commands() {}

    /**
     * The command line; it connects to nothing before a command runs.
     *
     * @param worker what {@code run} does
     */
    public static CommandLine of(Environment environment, Run.Life worker) {
        String version = Objects.requireNonNullElse(
                Commands.class.getPackage().getImplementationVersion(), "(not from its jar)");
        return CommandLines.of(
                version,
                environment,
                List.of(
                        new Status(environment),
                        tenants(environment),
                        new ShowTenant(environment),
                        new Onboard(environment, System.in),
                        new Migrate(environment, System.in),
                        RolloutGroup.of(environment),
                        DeadLettersGroup.of(environment),
                        new Adopt(environment),
                        new Drift(environment),
                        new RegistryGroup().with(new RebuildRegistry(environment)),
                        new Verify(environment),
                        Config.of(environment),
                        new CreateTopics(environment),
                        new Run(environment, worker)));
    }

    private static CommandLine tenants(Environment environment) {
        return new CommandLine(new Tenants(environment)).addSubcommand(new ForgetTenants(environment));
    }
}
