package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.WaveView;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * An estimate of when a rollout ends, or pauses.
 *
 * @param left soak times included
 * @param pauseAfter the wave after which it pauses; null if it ends without a pause
 */
record TimeLeft(Duration left, @Nullable Integer pauseAfter) {
    /** Null if nothing can be said: it does not run, or no rate is known. */
    static @Nullable TimeLeft of(RolloutView view, OptionalDouble perSecond) {
        boolean goesOn = view.state() == RolloutState.RUNNING || view.state() == RolloutState.SOAKING;
        if (!goesOn || perSecond.isEmpty() || perSecond.getAsDouble() <= 0) {
            return null;
        }
        long pending = 0;
        Duration soak =
                view.times().soakLeft() == null ? Duration.ZERO : view.times().soakLeft();
        Integer pause = null;
        for (WaveView wave : view.waves()) {
            if (wave.number() < view.wave()) {
                continue;
            }
            pending += wave.counts().pending();
            if (wave.pauseAfter() && wave.number() < view.waves().size()) {
                pause = wave.number();
                break;
            }
            boolean soaks = wave.number() < view.waves().size() && wave.progress() != WaveView.Progress.COMPLETED;
            soak = soaks && wave.counts().members() > 0 ? soak.plus(wave.soak()) : soak;
        }
        Duration work = Duration.ofMillis(Math.round(pending * 1000 / perSecond.getAsDouble()));
        return new TimeLeft(work.plus(soak), pause);
    }

    /** As in {@code about 1 min 40 s left}. */
    String text() {
        String about = "about " + Figures.duration(left);
        return pauseAfter == null ? about + " left" : about + " to the pause after wave " + pauseAfter;
    }
}
