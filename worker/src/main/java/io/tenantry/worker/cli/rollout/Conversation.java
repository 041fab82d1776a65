package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.rollout.RolloutReader;
import io.tenantry.worker.operator.rollout.RolloutVerbs;
import io.tenantry.worker.operator.rollout.VerbAnswer;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends a verb, and says what has become of it. */
final class Conversation {
    private final Invocation invocation;
    private final Output output;
    private final Advice advice;
    private final boolean watches;

    /** @param watches whether the command watches the rollout after the answer */
    Conversation(Invocation invocation, Advice advice, boolean watches) {
        this.invocation = invocation;
        this.watches = watches;
        this.output = invocation.output();
        this.advice = advice;
    }

    /**
     * The answer as JSON.
     *
     * @param answer accepted, refused, dead-letter or none
     * @param event the type of the event that is the answer
     */
    private record Document(
            String rollout,
            String action,
            String answer,
            @Nullable String event,
            @Nullable String code,
            @Nullable String reason,
            @Nullable String state) {}

    /** Returns the exit status. */
    int hold(RolloutRequested verb, Duration patience) throws InvalidSettingsException, OperationFailedException {
        VerbAnswer answer = new RolloutVerbs(invocation.access()).send(verb, patience);
        if (answer instanceof VerbAnswer.Accepted accepted) {
            accepted(verb, accepted);
            return ExitStatus.DONE;
        }
        Interruption interruption = invocation.access().interruption();
        if (answer instanceof VerbAnswer.None && interruption.isRequested()) {
            throw interruption.failure(
                    "interrupted before a worker has answered: the request is in Kafka and may still be"
                            + " executed. Look at it: " + advice.command("rollout show " + verb.rollout()));
        }
        if (answer instanceof VerbAnswer.None none) {
            none(verb, none);
        } else if (answer instanceof VerbAnswer.Refused refused) {
            refused(verb, "refused", refused.code(), refused.reason());
        } else if (answer instanceof VerbAnswer.DeadLettered dead) {
            refused(verb, "dead-letter", dead.code(), dead.reason());
        }
        return ExitStatus.FAILED;
    }

    private void accepted(RolloutRequested verb, VerbAnswer.Accepted accepted) {
        RolloutResult result = accepted.result();
        if (output.isJson()) {
            output.json(new Document(
                    verb.rollout(), name(verb), "accepted", accepted.type().type(), null, result.reason(), null));
            return;
        }
        output.line(Colour.GOOD, done(verb, result));
        if (watches) {
            return;
        }
        output.note((verb.action() == RolloutAction.ABORT ? "see it: " : "watch it: ")
                + advice.command(
                        "rollout " + (verb.action() == RolloutAction.ABORT ? "show " : "watch ") + verb.rollout()));
    }

    private static String done(RolloutRequested verb, RolloutResult result) {
        String rollout = verb.rollout();
        String reason = result.reason() == null ? "" : ": " + result.reason();
        return switch (verb.action()) {
            case START ->
                rollout + " was started with " + Figures.tenants(result.counts().total()) + reason;
            case PAUSE -> rollout + " is paused; what was sent finishes" + reason;
            case RESUME -> rollout + " goes on" + reason;
            case ABORT -> rollout + " is aborted; what runs finishes" + reason;
            // The worker's reason has their number.
            case RETRY_FAILED -> rollout + (reason.isEmpty() ? " sends the failed tenants again" : reason);
        };
    }

    private void refused(RolloutRequested verb, String answer, String code, String reason) {
        if (output.isJson()) {
            output.json(new Document(verb.rollout(), name(verb), answer, null, code, reason, null));
            return;
        }
        String dead = answer.equals("refused")
                ? ""
                : "; the request is a dead letter: see `" + advice.command("dead-letters list") + "`";
        output.note(Colour.BAD, "refused with " + code + ": " + reason + dead);
        // A refused start leaves no rollout of its name.
        output.note(
                verb.action() == RolloutAction.START
                        ? "the rollouts that exist: " + advice.command("rollout list")
                        : "see it: " + advice.command("rollout show " + verb.rollout()));
    }

    private void none(RolloutRequested verb, VerbAnswer.None none)
            throws InvalidSettingsException, OperationFailedException {
        output.note(
                Colour.WAITING,
                "no answer in " + Figures.duration(none.patience())
                        + ": the request is in Kafka and may still be executed");
        Optional<RolloutView> known = new RolloutReader(invocation.access()).find(verb.rollout());
        @Nullable String state = known.map(view -> view.state().label()).orElse(null);
        if (output.isJson()) {
            output.json(new Document(verb.rollout(), name(verb), "none", null, null, null, state));
            return;
        }
        if (known.isPresent()) {
            RolloutView view = known.get();
            @Nullable String obstacle = StateText.obstacle(view);
            output.note(StateText.head(view) + (obstacle == null ? "" : "; " + obstacle));
            output.note("look at it: " + advice.command("rollout show " + verb.rollout()));
        } else {
            output.note("the registry has no rollout " + verb.rollout()
                    + ": check that workers of this release run; look again: " + advice.command("rollout list"));
        }
    }

    private static String name(RolloutRequested verb) {
        return verb.action().wireName();
    }
}
