package io.tenantry.worker.cli.rollout;

import io.tenantry.worker.cli.CommandGroup;
import io.tenantry.worker.cli.Environment;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code rollout}. */
@Command(
        name = "rollout",
        description = "Upgrades many tenants, one wave after another.",
        footer = {"", "Example:", "  tenantry rollout start release-7 --to 12 --canary acme --wave 10%% --watch"})
public final class RolloutGroup extends CommandGroup {
    private RolloutGroup() {}

    /** The group with all its commands. */
    public static CommandLine of(Environment environment) {
        return new RolloutGroup()
                .with(
                        new StartCommand(environment),
                        new WatchCommand(environment),
                        new ShowCommand(environment),
                        new ListCommand(environment),
                        new VerbCommand.Pause(environment),
                        new VerbCommand.Resume(environment),
                        new VerbCommand.RetryFailed(environment),
                        new VerbCommand.Abort(environment));
    }
}
