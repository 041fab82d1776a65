package io.tenantry.worker.cli.rollout.text;

import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.WaveView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a rollout halts, and how far it is from that. */
public final class HaltText {
    private HaltText() {}

    /** As in {@code more than 2 % of a wave failed (wave 2: 1 of 50 so far, 1 allowed)}. */
    public static String of(RolloutView view) {
        List<String> limits = new ArrayList<>();
        @Nullable Integer most = view.drive().maxFailures();
        if (most != null) {
            String limit = most == 0 ? "the first failed tenant" : "more than " + Figures.tenants(most) + " failed";
            limits.add(limit + " (" + Figures.count(view.counts().counted()) + " so far)");
        }
        @Nullable Integer percent = view.drive().maxFailurePercent();
        if (percent != null) {
            limits.add("more than " + percent + " % of a wave failed" + ofWave(view.currentWave(), percent));
        }
        return String.join(", or ", limits);
    }

    private static String ofWave(@Nullable WaveView wave, int percent) {
        if (wave == null) {
            return "";
        }
        long allowed = (long) wave.counts().members() * percent / 100;
        return " (wave " + wave.number() + ": " + Figures.count(wave.counts().counted()) + " of "
                + Figures.count(wave.counts().members()) + " so far, " + Figures.count(allowed) + " allowed)";
    }
}
