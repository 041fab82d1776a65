package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.cli.Environment;
import io.tenantry.worker.cli.Invocation;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A change of a rollout. It returns when a worker has answered. */
abstract class VerbCommand extends RolloutCommand {
    private static final String STATUS = "Status: 0 a worker has done it; 1 refused, or no answer in time.";

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    @Mixin
    private final TimeoutOption timeout = new TimeoutOption();

    private final RolloutAction action;

    VerbCommand(Environment environment, RolloutAction action) {
        super(environment);
        this.action = action;
    }

    @Override
    protected int run(Invocation invocation) throws Exception {
        if (action == RolloutAction.ABORT
                && (reason.text() == null || reason.text().isBlank())) {
            throw usage("--reason is missing: an abort cannot be undone, so say why");
        }
        RolloutRequested request = checked(() -> RolloutRequested.change(name(), action, reason.text()));
        Duration patience = checked(timeout::duration);
        return new Conversation(invocation, advice(invocation), false).hold(request, patience);
    }

    /** {@code rollout pause}. */
    @Command(
            name = "pause",
            description = {"Sends nothing new until `rollout resume`; what was sent finishes.", STATUS},
            footer = {"", "Example:", "  tenantry rollout pause release-7 --reason 'a look at the canary first'"})
    static final class Pause extends VerbCommand {
        Pause(Environment environment) {
            super(environment, RolloutAction.PAUSE);
        }
    }

    /** {@code rollout resume}. */
    @Command(
            name = "resume",
            description = {
                "Goes on after a pause or a halt. Failures so far do not count any more; tenants that the halt skipped"
                        + " are sent again.",
                STATUS
            },
            footer = {"", "Example:", "  tenantry rollout resume release-7"})
    static final class Resume extends VerbCommand {
        Resume(Environment environment) {
            super(environment, RolloutAction.RESUME);
        }
    }

    /** {@code rollout abort}. */
    @Command(
            name = "abort",
            description = {"Stops a rollout, which then never goes on; what runs finishes. --reason is needed.", STATUS
            },
            footer = {"", "Example:", "  tenantry rollout abort release-7 --reason 'version 12 is withdrawn'"})
    static final class Abort extends VerbCommand {
        Abort(Environment environment) {
            super(environment, RolloutAction.ABORT);
        }
    }

    /** {@code rollout retry-failed}. */
    @Command(
            name = "retry-failed",
            description = {
                "Sends the failed tenants of all waves that have begun again, in any state but aborted.",
                "A rollout that has completed is open again then. What was halted stays halted: see `rollout resume`.",
                STATUS
            },
            footer = {"", "Example:", "  tenantry rollout retry-failed release-7"})
    static final class RetryFailed extends VerbCommand {
        RetryFailed(Environment environment) {
            super(environment, RolloutAction.RETRY_FAILED);
        }
    }
}
