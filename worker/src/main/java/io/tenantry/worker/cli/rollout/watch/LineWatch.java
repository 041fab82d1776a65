package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.rollout.text.LongRunning;
import io.tenantry.worker.cli.rollout.text.Times;
import io.tenantry.worker.operator.rollout.RolloutLook;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/** A line only when something has changed, and those that run long each minute. */
final class LineWatch implements WatchOutput {
    private static final long BETWEEN_LONG_RUNNING = Duration.ofMinutes(1).toNanos();
    private static final int MOST_LONG_RUNNING = 5;

    private final Output output;
    private final Clock clock;
    private final LongSupplier nanos;
    private final ChangeLog changes = new ChangeLog(true);
    private long longRunningSaid;

    /** @param nanos as {@link System#nanoTime} */
    LineWatch(Output output, Clock clock, LongSupplier nanos) {
        this.output = output;
        this.clock = clock;
        this.nanos = nanos;
        this.longRunningSaid = nanos.getAsLong();
    }

    @Override
    public void show(RolloutLook look) {
        changes.changes(look).forEach(this::write);
        if (nanos.getAsLong() - longRunningSaid >= BETWEEN_LONG_RUNNING) {
            longRunningSaid = nanos.getAsLong();
            LongRunning.lines(look, MOST_LONG_RUNNING).forEach(text -> write(ScreenLine.of("long-running: " + text)));
        }
    }

    private void write(ScreenLine line) {
        String text = LocalTime.now(clock).truncatedTo(ChronoUnit.SECONDS).format(Times.OF_DAY) + "  " + line.text();
        if (line.colour() == null) {
            output.line(text);
        } else {
            output.line(line.colour(), text);
        }
    }

    @Override
    public void say(String text) {
        output.note(text);
    }

    @Override
    public void close() {}
}
