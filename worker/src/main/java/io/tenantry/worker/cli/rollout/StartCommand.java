package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.cli.rollout.watch.Watch;
import io.tenantry.worker.operator.rollout.RolloutReader;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rollout start}. */
@Command(
        name = "start",
        description = {
            "Starts a rollout: an upgrade of many tenants, one wave after another, which halts when too many fail.",
            "The same command again is the same rollout. The name is never used for another one.",
            "Status: 0 a worker has started it; 1 refused, or no answer in time. With --watch, that of `rollout watch`."
        },
        footer = {
            "",
            "Example: two tenants first, then a tenth of the others, then the rest",
            "  tenantry rollout start release-7 --to 12 --canary acme,beta --wave 10%% \\",
            "      --wave rest --soak 5m --max-failure-percent 2 --watch"
        })
final class StartCommand extends RolloutCommand {
    @Mixin
    private final StartOptions options = new StartOptions();

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    @Mixin
    private final TimeoutOption timeout = new TimeoutOption();

    @Option(names = "--watch", description = "Watch it to its end, as `rollout watch` does.")
    private boolean watch;

    StartCommand(Environment environment) {
        super(environment);
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        RolloutRequested request = checked(() -> options.request(name(), reason.text()));
        Duration patience = checked(timeout::duration);
        Advice advice = advice(invocation);
        int status = new Conversation(invocation, advice, watch).hold(request, patience);
        boolean waits = status != ExitStatus.DONE && watch && isThere(invocation, request);
        return watch && (status == ExitStatus.DONE || waits) ? new Watch(name(), invocation, advice).run() : status;
    }

    /** Without an answer the rollout may exist, and wait for workers that have the target. */
    private static boolean isThere(Invocation invocation, RolloutRequested request) throws Exception {
        return new RolloutReader(invocation.access())
                .find(request.rollout())
                .filter(view -> view.request().equals(request))
                .isPresent();
    }
}
