package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.rollout.text.Figures;
import org.jspecify.annotations.Nullable;

/**
 * A line of a screen.
 *
 * @param colour null means the terminal's own
 */
record ScreenLine(String text, @Nullable Colour colour) {
    static ScreenLine of(String text) {
        return new ScreenLine(text, null);
    }

    /** Cut to the width. */
    ScreenLine fit(int width) {
        return new ScreenLine(Figures.fit(text, width), colour);
    }
}
