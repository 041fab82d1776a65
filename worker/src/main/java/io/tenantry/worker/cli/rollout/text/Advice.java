package io.tenantry.worker.cli.rollout.text;

import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.util.List;

/** What an operator does next with a rollout. */
public final class Advice {
    private final NextCommand next;

    /** Advises commands for the deployment of {@code next}. */
    public Advice(NextCommand next) {
        this.next = next;
    }

    /** A command in full. */
    public String command(String verb, RolloutView view) {
        return command("rollout " + verb + " " + view.name());
    }

    /** The same of any command. */
    public String command(String text) {
        return next.of(text);
    }

    /** The next commands, one line each, with what they are for; empty if there is nothing to do. */
    public List<String> next(RolloutView view) {
        boolean failed = view.counts().failed() > 0;
        return switch (view.state()) {
            case WAITING ->
                List.of("deploy workers that have the target; then it starts by itself: " + command("watch", view));
            case RUNNING, SOAKING -> List.of("watch it: " + command("watch", view));
            case PAUSED -> List.of("go on: " + command("resume", view), "or stop it: " + abort(view));
            case HALTED ->
                failed
                        ? List.of(
                                "mend what made tenants fail, then send them again: " + command("retry-failed", view),
                                "and go on: " + command("resume", view),
                                "or stop it: " + abort(view))
                        : List.of("go on: " + command("resume", view), "or stop it: " + abort(view));
            case COMPLETED ->
                failed
                        ? List.of("mend what made tenants fail, then send them again: " + command("retry-failed", view))
                        : List.of();
            case ABORTED -> List.of("an aborted rollout never goes on; start one with another name");
        };
    }

    /** Without the one command that the user has just given. */
    public List<String> nextInWatch(RolloutView view) {
        return switch (view.state()) {
            case WAITING, RUNNING, SOAKING -> List.of();
            case PAUSED, HALTED, COMPLETED, ABORTED -> next(view);
        };
    }

    private String abort(RolloutView view) {
        return command("abort", view) + " --reason '...'";
    }
}
