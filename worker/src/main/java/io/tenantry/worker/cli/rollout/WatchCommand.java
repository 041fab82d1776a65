package io.tenantry.worker.cli.rollout;

import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.rollout.watch.Watch;
import picocli.CommandLine.Command;

/** {@code rollout watch}. */
@Command(
        name = "watch",
        description = {
            "Watches a rollout to its end. Needs the registry, and not Kafka.",
            "On a terminal it shows a bar for each wave; in a pipe a line for each change, with --json in JSON.",
            "Status: 0 completed, and no tenant failed; 1 halted, aborted, refused, or completed with failures; 130 after"
                    + " Ctrl-C, which ends the watch and not the rollout. While it is paused or soaks, the watch goes on."
        },
        footer = {"", "Example:", "  tenantry rollout watch release-7"})
final class WatchCommand extends RolloutCommand {
    WatchCommand(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        return new Watch(name(), invocation, advice(invocation)).run();
    }
}
