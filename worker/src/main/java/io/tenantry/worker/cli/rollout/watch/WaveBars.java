package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Escaped;
import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.WaveView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bar for each wave; where there are more waves than lines, those far from the current one share a line. */
final class WaveBars {
    private static final int LONGEST_LABEL = 16;
    private static final int NARROWEST_BAR = 10;

    private final List<WaveView> waves;
    private final int current;
    private final int width;
    private final int label;
    private final int digits;

    /** @param current number of the current wave; 0 before the first */
    WaveBars(List<WaveView> waves, int current, int width) {
        this.waves = waves;
        this.current = Math.max(1, current);
        this.width = width;
        int longest =
                waves.stream().mapToInt(wave -> label(wave).length()).max().orElse(0);
        this.label = Math.min(longest, Math.min(LONGEST_LABEL, Math.max(2, width / 4)));
        int most =
                waves.stream().mapToInt(wave -> wave.counts().members()).max().orElse(0);
        this.digits = Figures.count(most).length();
    }

    /** @param lines at most so many, 1 or more */
    List<ScreenLine> lines(int lines) {
        if (waves.isEmpty()) {
            return List.of();
        }
        if (waves.size() <= lines) {
            return waves.stream().map(this::bar).toList();
        }
        if (lines == 1) {
            return List.of(bar(waves.get(current - 1)));
        }
        if (lines == 2) {
            List<WaveView> others = new ArrayList<>(waves);
            WaveView shown = others.remove(current - 1);
            return List.of(bar(shown), together(others.size() + " other waves", others));
        }
        return window(lines);
    }

    /** The current wave and those beside it; the others in one line above and one below. For three lines or more. */
    private List<ScreenLine> window(int lines) {
        int index = current - 1;
        if (index <= lines - 2) {
            return window(0, lines - 1);
        }
        if (index >= waves.size() - (lines - 1)) {
            return window(waves.size() - (lines - 1), waves.size());
        }
        int first = lines > 3 ? index - 1 : index;
        return window(first, first + lines - 2);
    }

    private List<ScreenLine> window(int first, int end) {
        List<ScreenLine> window = new ArrayList<>();
        if (first > 0) {
            window.add(together("waves 1 to " + first, waves.subList(0, first)));
        }
        waves.subList(first, end).forEach(wave -> window.add(bar(wave)));
        if (end < waves.size()) {
            window.add(together("waves " + (end + 1) + " to " + waves.size(), waves.subList(end, waves.size())));
        }
        return window;
    }

    private ScreenLine together(String which, List<WaveView> several) {
        MemberCounts counts = several.stream().map(WaveView::counts).reduce(MemberCounts.NONE, MemberCounts::plus);
        String text = "  " + which + ": " + Figures.count(counts.answered()) + " of " + Figures.count(counts.members())
                + failed(counts);
        return new ScreenLine(text, colour(counts)).fit(width);
    }

    private ScreenLine bar(WaveView wave) {
        MemberCounts counts = wave.counts();
        String name = Figures.fit(label(wave), label);
        String figures = String.format(
                "%" + digits + "s of %" + digits + "s",
                Figures.count(counts.answered()),
                Figures.count(counts.members()));
        String tail = " " + figures + failed(counts) + skipped(counts);
        String head = (wave.number() == current && wave.progress() == WaveView.Progress.BEGUN ? "> " : "  ") + name
                + " ".repeat(label - name.codePointCount(0, name.length())) + " ";
        int room = width - head.length() - 2 - Math.max(tail.length(), figures.length() + 1 + ", 99 failed".length());
        String bar = room < NARROWEST_BAR ? "" : "[" + fill(counts, room) + "]";
        return new ScreenLine(head + bar + tail, colour(counts)).fit(width);
    }

    /** Done, failed, in flight and open parts; each that is not empty has a character at least, where there is room. */
    private static String fill(MemberCounts counts, int room) {
        if (counts.members() == 0) {
            return " ".repeat(room);
        }
        int failed = part(counts.failed() + counts.skipped(), counts.members(), room);
        int done = counts.pending() == 0
                ? room - failed
                : Math.min(room - failed, (int) ((long) counts.succeeded() * room / counts.members()));
        int flying = Math.min(room - failed - done, part(counts.inFlight(), counts.members(), room));
        return "#".repeat(done) + "!".repeat(failed) + ">".repeat(flying) + " ".repeat(room - done - failed - flying);
    }

    private static int part(int some, int all, int room) {
        return some == 0 ? 0 : Math.max(1, (int) ((long) some * room / all));
    }

    private static @Nullable Colour colour(MemberCounts counts) {
        if (counts.failed() > 0) {
            return Colour.BAD;
        }
        return counts.members() > 0 && counts.pending() == 0 && counts.skipped() == 0 ? Colour.GOOD : null;
    }

    private static String failed(MemberCounts counts) {
        return counts.failed() == 0 ? "" : ", " + Figures.count(counts.failed()) + " failed";
    }

    private static String skipped(MemberCounts counts) {
        return counts.skipped() == 0 ? "" : ", " + Figures.count(counts.skipped()) + " skipped";
    }

    private static String label(WaveView wave) {
        return wave.name() == null ? Integer.toString(wave.number()) : wave.number() + " " + Escaped.line(wave.name());
    }
}
