package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.cli.rollout.text.Times;
import io.tenantry.worker.operator.rollout.RolloutLook;
import java.time.Clock;
import java.time.LocalTime;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Bars at the bottom of a terminal, while changes and failures scroll above. For any thread. */
final class TerminalWatch implements WatchOutput {
    private final PinnedLines pinned;
    private final Advice advice;
    private final Clock clock;
    private final LongSupplier nanos;
    private final ChangeLog changes = new ChangeLog(false);
    private final Rate rate = new Rate();
    private @Nullable RolloutLook last;
    private boolean closed;

    /** @param nanos as {@link System#nanoTime} */
    TerminalWatch(PinnedLines pinned, Advice advice, Clock clock, LongSupplier nanos) {
        this.pinned = pinned;
        this.advice = advice;
        this.clock = clock;
        this.nanos = nanos;
    }

    @Override
    public synchronized void show(RolloutLook look) {
        if (closed) {
            return;
        }
        last = look;
        rate.add(nanos.getAsLong(), look.view().counts().answered());
        pinned.measure();
        List<ScreenLine> lines = new WatchScreen(look, rate.perSecond(), advice).lines(pinned.width(), pinned.height());
        // First the room for them, so that what is printed above is not overwritten.
        pinned.pin(lines);
        changes.changes(look).forEach(this::print);
    }

    /** Draws the last look again, for another size of the terminal. */
    synchronized void redraw() {
        if (last != null && !closed) {
            pinned.measure();
            pinned.pin(new WatchScreen(last, rate.perSecond(), advice).lines(pinned.width(), pinned.height()));
        }
    }

    private void print(ScreenLine line) {
        if (closed) {
            return;
        }
        pinned.print(new ScreenLine(LocalTime.now(clock).format(Times.OF_DAY) + "  " + line.text(), line.colour()));
    }

    @Override
    public synchronized void say(String text) {
        print(new ScreenLine(text, Colour.WAITING));
    }

    /** By any thread, once: the screen is left as it was, and nothing more is shown. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            pinned.close();
        }
    }
}
