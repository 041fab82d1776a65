package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When there is nothing more to watch, and what is said then. */
final class Ending {
    /** How long a halted rollout is watched for what was begun before the halt. */
    private static final Duration FOR_WHAT_RUNS = Duration.ofSeconds(30);

    private long stoppedSince = -1;

    /** @param nanos as {@link System#nanoTime} has it */
    boolean isReached(RolloutLook look, long nanos) {
        RolloutState state = look.view().state();
        if (state == RolloutState.COMPLETED) {
            return true;
        }
        if (state != RolloutState.HALTED && state != RolloutState.ABORTED) {
            stoppedSince = -1;
            return false;
        }
        if (look.retrying() > 0 && state == RolloutState.HALTED) {
            return false;
        }
        stoppedSince = stoppedSince < 0 ? nanos : stoppedSince;
        return look.view().counts().inFlight() == 0 || nanos - stoppedSince >= FOR_WHAT_RUNS.toNanos();
    }

    /** As in {@code release-7 completed in 2 min 5 s: 998 of 1,000 tenants at the target, 2 failed}. */
    static ScreenLine line(RolloutView view) {
        @Nullable Duration ran = view.times().ran();
        String time = ran == null || !view.state().isFinal() ? "" : " in " + Figures.duration(ran);
        @Nullable String obstacle = StateText.obstacle(view);
        return new ScreenLine(
                view.name() + " " + verb(view) + time + ": " + StateText.counts(view)
                        + (obstacle == null ? "" : "; " + obstacle),
                StateText.colour(view));
    }

    private static String verb(RolloutView view) {
        return switch (view.state()) {
            case COMPLETED -> view.counts().failed() > 0 ? "completed with failures" : "completed";
            case ABORTED -> "was aborted";
            case HALTED -> "was halted";
            case WAITING, RUNNING, SOAKING, PAUSED -> "is " + view.state().label();
        };
    }
}
