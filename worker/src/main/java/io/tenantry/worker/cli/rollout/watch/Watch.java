package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.ExitStatus;
import io.tenantry.worker.cli.Invocation;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.cli.rollout.text.RolloutDocument;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.operator.rollout.RolloutReader;
import io.tenantry.worker.registry.rollout.RolloutViews;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches one rollout until it ends, or until Ctrl-C. Runs once. */
public final class Watch {
    private static final int INTERVAL_MILLIS = 1000;
    /** Of failed tenants, and of those in flight, that are read with each look. */
    private static final int TENANTS = 50;

    private enum Wake {
        RESIZED,
        INTERRUPTED
    }

    private final String rollout;
    private final Output output;
    private final Advice advice;
    private final RolloutReader reader;
    private final Invocation invocation;
    private final Interruption interruption;
    private final BlockingQueue<Wake> wakes = new LinkedBlockingQueue<>();
    private final Ending ending = new Ending();
    private @Nullable RolloutLook last;
    private boolean unreachable;

    public Watch(String rollout, Invocation invocation, Advice advice) throws InvalidSettingsException {
        this.rollout = rollout;
        this.invocation = invocation;
        this.output = invocation.output();
        this.advice = advice;
        this.reader = new RolloutReader(invocation.access());
        this.interruption = invocation.access().interruption();
    }

    /** Returns the exit status. */
    public int run() throws OperationFailedException, InterruptedException {
        Optional<RolloutLook> first = reader.look(rollout, TENANTS);
        if (first.isEmpty()) {
            return absent();
        }
        interruption.arm();
        int status;
        try (WatchOutput watch = open()) {
            interruption.listen(signal -> {
                wakes.add(Wake.INTERRUPTED);
                // At once, because the registry may not answer.
                watch.close();
            });
            status = follow(watch, first.get());
        }
        if (last != null && !output.isJson()) {
            say(last);
        }
        return status;
    }

    private WatchOutput open() {
        if (output.isJson()) {
            return new JsonWatch(output, System::nanoTime);
        }
        Clock clock = Clock.system(ZoneId.systemDefault());
        if (invocation.environment().isCapable()) {
            PinnedLines.Signals signals = new PinnedLines.Signals() {
                @Override
                public void interrupted() {
                    interruption.signal(Interruption.Signal.INT);
                }

                @Override
                public void resized() {
                    wakes.add(Wake.RESIZED);
                }
            };
            Optional<PinnedLines> pinned = PinnedLines.open(output.isStyled(), signals);
            if (pinned.isPresent()) {
                return new TerminalWatch(pinned.get(), advice, clock, System::nanoTime);
            }
        }
        return new LineWatch(output, clock, System::nanoTime);
    }

    private int follow(WatchOutput watch, RolloutLook first) throws InterruptedException, CommandInterruptedException {
        Optional<RolloutLook> look = Optional.of(first);
        while (look.isPresent()) {
            last = look.get();
            watch.show(last);
            if (ending.isReached(last, System.nanoTime())) {
                return StateText.succeeded(last.view()) ? ExitStatus.DONE : ExitStatus.FAILED;
            }
            if (!rest(watch)) {
                throw interruption.failure("the watch has ended; the rollout goes on: look again with `"
                        + advice.command("rollout watch " + rollout) + "`");
            }
            look = next(watch, last);
        }
        last = null;
        watch.close();
        return gone();
    }

    /** Waits for the next look; false after Ctrl-C. */
    private boolean rest(WatchOutput watch) throws InterruptedException {
        @Nullable Wake wake = wakes.poll(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        while (wake != null) {
            if (wake == Wake.INTERRUPTED) {
                return false;
            }
            if (watch instanceof TerminalWatch terminal) {
                terminal.redraw();
            }
            wake = wakes.poll();
        }
        return true;
    }

    /** The next look, or the last one while the registry does not answer. */
    private Optional<RolloutLook> next(WatchOutput watch, RolloutLook before) {
        try {
            Optional<RolloutLook> look = reader.look(rollout, TENANTS);
            if (unreachable) {
                unreachable = false;
                watch.say("the registry answers again");
            }
            return look;
        } catch (OperationFailedException failure) {
            if (!unreachable) {
                unreachable = true;
                watch.say(text(failure) + "; the watch goes on when it answers");
            }
            return Optional.of(before);
        }
    }

    private String text(OperationFailedException failure) {
        return invocation.next().completed(String.valueOf(failure.getMessage()));
    }

    /** There was no such rollout from the beginning. */
    private int absent() throws OperationFailedException {
        Optional<RolloutViews.Refusal> refusal = reader.refusal(rollout);
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        throw new OperationFailedException(
                "there is no rollout " + rollout + " in the registry; see `" + advice.command("rollout list") + "`");
    }

    /** It was there and is not any more: a start that waited was refused, or the rollout was pruned. */
    private int gone() {
        try {
            return refused(reader.refusal(rollout)
                    .orElse(new RolloutViews.Refusal(
                            "internal", "it is not in the registry any more; its events are in rollout.results")));
        } catch (OperationFailedException failure) {
            output.note(text(failure));
            return ExitStatus.FAILED;
        }
    }

    private int refused(RolloutViews.Refusal refusal) {
        if (output.isJson()) {
            output.json(new RolloutDocument.Refused("refused", rollout, refusal.code(), refusal.reason()));
        } else {
            output.line(Colour.BAD, rollout + " was refused with " + refusal.code() + ": " + refusal.reason());
        }
        return ExitStatus.FAILED;
    }

    private void say(RolloutLook look) {
        ScreenLine line = Ending.line(look.view());
        if (line.colour() == null) {
            output.line(line.text());
        } else {
            output.line(line.colour(), line.text());
        }
        advice.next(look.view()).forEach(output::note);
    }
}
