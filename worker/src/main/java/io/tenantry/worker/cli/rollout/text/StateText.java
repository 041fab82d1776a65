package io.tenantry.worker.cli.rollout.text;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.WaveView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of a rollout in words. */
public final class StateText {
    private StateText() {}

    /** As in {@code release-7: running, wave 2 of 3 (early)}. */
    public static String head(RolloutView view) {
        @Nullable WaveView wave = view.currentWave();
        return view.name() + ": " + view.state().label()
                + (wave == null || view.state().isFinal() ? "" : ", " + wave(view, wave));
    }

    /** As in {@code wave 2 of 3 (early)}. */
    public static String wave(RolloutView view, WaveView wave) {
        return "wave " + wave.number() + " of " + view.waves().size()
                + (wave.name() == null ? "" : " (" + wave.name() + ")");
    }

    /** Null means none. */
    public static @Nullable Colour colour(RolloutView view) {
        return switch (view.state()) {
            case WAITING, SOAKING, PAUSED -> Colour.WAITING;
            case RUNNING -> null;
            case HALTED, ABORTED -> Colour.BAD;
            case COMPLETED -> succeeded(view) ? Colour.GOOD : Colour.BAD;
        };
    }

    /** Why it does not go on; null if it does, or if its end says all. */
    public static @Nullable String obstacle(RolloutView view) {
        List<String> obstacles = new ArrayList<>();
        @Nullable String reason = view.why().reason();
        switch (view.state()) {
            case WAITING, RUNNING, COMPLETED -> {}
            case SOAKING -> {
                if (view.times().soakLeft() != null) {
                    obstacles.add("soaks for " + Figures.duration(view.times().soakLeft()) + " more");
                }
            }
            case PAUSED, HALTED, ABORTED ->
                obstacles.add("because: " + (reason == null ? "no reason was given" : reason));
        }
        if (view.why().waitsFor() != null && !view.state().isFinal()) {
            obstacles.add("waits: " + view.why().waitsFor());
        }
        return obstacles.isEmpty() ? null : String.join("; ", obstacles);
    }

    /** Whether it has completed, and no tenant has failed. */
    public static boolean succeeded(RolloutView view) {
        return view.state() == RolloutState.COMPLETED && view.counts().failed() == 0;
    }

    /** As in {@code 998 of 1,000 tenants at the target, 2 failed}. */
    public static String counts(RolloutView view) {
        MemberCounts counts = view.counts();
        StringBuilder text = new StringBuilder();
        if (counts.members() == 0) {
            text.append("no tenant needed a request");
        } else {
            text.append(Figures.count(counts.succeeded()))
                    .append(" of ")
                    .append(Figures.tenants(counts.members()))
                    .append(" at the target");
        }
        append(text, counts.failed(), "failed");
        append(text, counts.skipped(), "skipped");
        append(text, counts.inFlight(), "in flight");
        append(text, counts.pending() - counts.inFlight(), "not begun");
        if (view.upToDate() > 0) {
            text.append("; ").append(known(view.upToDate()));
        }
        return text.toString();
    }

    private static String known(int upToDate) {
        return Figures.count(upToDate) + (upToDate == 1 ? " more was" : " more were")
                + " there already, as the registry knows";
    }

    private static void append(StringBuilder text, int count, String what) {
        if (count > 0) {
            text.append(", ").append(Figures.count(count)).append(' ').append(what);
        }
    }
}
