package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.rollout.text.FailedMemberText;
import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.WaveView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has changed from one look at a rollout to the next, a line each. For one thread. */
final class ChangeLog {
    private static final int TENTHS = 10;
    /** Named in one look. */
    private static final int MOST_FAILURES = 10;

    private final NewFailures failures = new NewFailures(MOST_FAILURES);
    private final boolean withProgress;
    private @Nullable RolloutView before;

    /** @param withProgress whether each tenth of a wave is a change */
    ChangeLog(boolean withProgress) {
        this.withProgress = withProgress;
    }

    /** The changes since the last look; with the first look, where the rollout is. */
    List<ScreenLine> changes(RolloutLook look) {
        RolloutView view = look.view();
        @Nullable RolloutView last = before;
        before = view;
        List<ScreenLine> lines = new ArrayList<>();
        if (last == null || last.state() != view.state() || last.wave() != view.wave()) {
            lines.add(new ScreenLine(StateText.head(view) + size(view), StateText.colour(view)));
        }
        if (last == null || !last.why().equals(view.why()) || last.state() != view.state()) {
            @Nullable String obstacle = StateText.obstacle(view);
            if (obstacle != null) {
                lines.add(new ScreenLine(view.name() + ": " + obstacle, Colour.WAITING));
            }
        }
        addFailures(lines, failures.take(look));
        if (withProgress && last != null && tenth(last) != tenth(view)) {
            lines.add(ScreenLine.of(view.name() + ": " + progress(view)));
        }
        return lines;
    }

    private static void addFailures(List<ScreenLine> lines, NewFailures.Found found) {
        for (FailedMember failed : found.newest()) {
            lines.add(new ScreenLine(FailedMemberText.line(failed), Colour.BAD));
        }
        if (found.others() > 0) {
            lines.add(new ScreenLine(
                    "and " + Figures.tenants(found.others()) + (found.newest().isEmpty() ? "" : " more") + " failed",
                    Colour.BAD));
        }
    }

    private static String size(RolloutView view) {
        @Nullable WaveView wave = view.currentWave();
        return wave == null || view.state().isFinal()
                ? ""
                : ": " + Figures.tenants(wave.counts().members());
    }

    /** A number for the tenth of the wave that is done; two waves never have the same number. */
    private static int tenth(RolloutView view) {
        @Nullable WaveView wave = view.currentWave();
        if (wave == null || wave.counts().members() == 0) {
            return -1;
        }
        return wave.number() * (TENTHS + 1)
                + (int) ((long) wave.counts().answered()
                        * TENTHS
                        / wave.counts().members());
    }

    private static String progress(RolloutView view) {
        WaveView wave = view.waves().get(view.wave() - 1);
        return StateText.wave(view, wave) + ": " + Figures.count(wave.counts().answered()) + " of "
                + Figures.count(wave.counts().members()) + " done"
                + (wave.counts().failed() > 0
                        ? ", " + Figures.count(wave.counts().failed()) + " failed"
                        : "");
    }
}
