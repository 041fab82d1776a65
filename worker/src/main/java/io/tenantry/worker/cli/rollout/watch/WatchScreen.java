package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.cli.rollout.text.HaltText;
import io.tenantry.worker.cli.rollout.text.LongRunning;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The lines that stay at the bottom of a terminal while a rollout is watched: at most half of the screen. */
final class WatchScreen {
    private static final int MOST_LONG_RUNNING = 3;

    private final RolloutLook look;
    private final RolloutView view;
    private final OptionalDouble rate;
    private final Advice advice;

    WatchScreen(RolloutLook look, OptionalDouble rate, Advice advice) {
        this.look = look;
        this.view = look.view();
        this.rate = rate;
        this.advice = advice;
    }

    /**
     * The lines, each no longer than the width.
     *
     * @param height of the whole screen
     */
    List<ScreenLine> lines(int width, int height) {
        int room = Math.max(1, height / 2);
        List<ScreenLine> needed = new ArrayList<>(List.of(head()));
        addIfPresent(needed, obstacle());
        List<ScreenLine> below = below();
        List<ScreenLine> more = more();
        int forBars = Math.max(0, room - needed.size() - below.size());
        int wanted = Math.max(Math.min(view.waves().size(), 3), forBars - more.size());
        List<ScreenLine> lines = new ArrayList<>(needed);
        if (Math.min(forBars, wanted) > 0) {
            lines.addAll(new WaveBars(view.waves(), view.wave(), width).lines(Math.min(forBars, wanted)));
        }
        lines.addAll(below);
        more.stream().limit(Math.max(0, room - lines.size())).forEach(lines::add);
        return lines.stream().limit(room).map(line -> line.fit(width)).toList();
    }

    private static void addIfPresent(List<ScreenLine> lines, @Nullable ScreenLine line) {
        if (line != null) {
            lines.add(line);
        }
    }

    private ScreenLine head() {
        return new ScreenLine(StateText.head(view), StateText.colour(view));
    }

    /** Why it does not go on. */
    private @Nullable ScreenLine obstacle() {
        @Nullable String obstacle = StateText.obstacle(view);
        return obstacle == null ? null : new ScreenLine(obstacle, Colour.WAITING);
    }

    /** Progress in figures, and the next command if one is needed. */
    private List<ScreenLine> below() {
        List<ScreenLine> below = new ArrayList<>();
        if (!view.waves().isEmpty()) {
            below.add(ScreenLine.of(progress()));
        }
        if (view.state() == RolloutState.PAUSED || view.state() == RolloutState.HALTED) {
            below.add(ScreenLine.of(advice.nextInWatch(view).get(0)));
        }
        return below;
    }

    private String progress() {
        MemberCounts counts = view.counts();
        StringBuilder text = new StringBuilder(Figures.count(counts.answered()))
                .append(" of ")
                .append(Figures.count(counts.members()));
        if (counts.failed() > 0) {
            text.append(", ").append(Figures.count(counts.failed())).append(" failed");
        }
        text.append(", ").append(Figures.count(counts.inFlight())).append(" in flight");
        if (rate.isPresent() && counts.inFlight() > 0) {
            text.append("; ").append(Figures.rate(rate.getAsDouble())).append("/s");
        }
        @Nullable TimeLeft left = TimeLeft.of(view, rate);
        if (left != null) {
            text.append(", ").append(left.text());
        }
        return text.toString();
    }

    /** What is shown where there is room. */
    private List<ScreenLine> more() {
        List<ScreenLine> more = new ArrayList<>();
        LongRunning.lines(look, MOST_LONG_RUNNING).forEach(line -> more.add(new ScreenLine(line, Colour.WAITING)));
        if (!view.state().isFinal() && !view.waves().isEmpty()) {
            more.add(ScreenLine.of("halts at " + HaltText.of(view)));
        }
        more.add(ScreenLine.of("Ctrl-C stops watching; the rollout goes on"));
        return more;
    }
}
