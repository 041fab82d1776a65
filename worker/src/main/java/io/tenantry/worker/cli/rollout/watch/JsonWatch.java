package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.rollout.text.LongRunning;
import io.tenantry.worker.cli.rollout.text.RolloutDocument;
import io.tenantry.worker.operator.rollout.RolloutLook;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * JSON lines: the rollout when something of it has changed, each failure once, and those that run long each minute. Of many
 * failures between two looks the newest are there; the rollout's line has their number.
 */
final class JsonWatch implements WatchOutput {
    private static final long BETWEEN_LONG_RUNNING = Duration.ofMinutes(1).toNanos();

    private final Output output;
    private final LongSupplier nanos;
    private final NewFailures failures = new NewFailures(Integer.MAX_VALUE);
    private @Nullable RolloutDocument last;
    private long longRunningSaid;

    /** @param event rollout, failure or long-running; the other fields are there where they fit */
    private record Line(
            String event,
            @Nullable RolloutDocument rollout,
            RolloutDocument.@Nullable Failure failure,
            @Nullable List<RolloutDocument.InFlight> inFlight,
            @Nullable List<RolloutDocument.Wait> waits) {}

    /** @param nanos as {@link System#nanoTime} */
    JsonWatch(Output output, LongSupplier nanos) {
        this.output = output;
        this.nanos = nanos;
        this.longRunningSaid = nanos.getAsLong();
    }

    @Override
    public void show(RolloutLook look) {
        failures.take(look)
                .newest()
                .forEach(failed ->
                        output.json(new Line("failure", null, RolloutDocument.Failure.of(failed), null, null)));
        RolloutDocument now = RolloutDocument.of(look.view());
        if (!now.equals(last)) {
            last = now;
            output.json(new Line("rollout", now, null, null, null));
        }
        if (nanos.getAsLong() - longRunningSaid >= BETWEEN_LONG_RUNNING) {
            longRunningSaid = nanos.getAsLong();
            List<RolloutDocument.InFlight> silent = LongRunning.silent(look).stream()
                    .map(RolloutDocument.InFlight::of)
                    .toList();
            List<RolloutDocument.Wait> waits =
                    look.waits().stream().map(RolloutDocument.Wait::of).toList();
            if (!silent.isEmpty() || !waits.isEmpty()) {
                output.json(new Line("long-running", null, null, silent, waits));
            }
        }
    }

    @Override
    public void say(String text) {
        output.note(text);
    }

    @Override
    public void close() {}
}
