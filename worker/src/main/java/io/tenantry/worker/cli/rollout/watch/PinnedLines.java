package io.tenantry.worker.cli.rollout.watch;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Escaped;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.Status;
import org.jspecify.annotations.Nullable;

/**
 * A terminal whose last lines stay while others scroll above them. For one thread; signals come on threads of their own.
 */
final class PinnedLines implements AutoCloseable {
    /** Below that, nothing can be pinned. */
    private static final int FEWEST_ROWS = 3;

    /** Looks like a space, and differs from each character of a line. */
    private static final String NEVER_PINNED = "\u00a0";

    private final Terminal terminal;
    private final Status status;
    private final boolean coloured;
    private volatile boolean resized;
    private Size size;
    private boolean printed;
    /** Rows directly above the pinned lines that show nothing. */
    private int free;

    /** What is called when the user or the terminal interrupts. */
    interface Signals {
        /** Ctrl-C. */
        void interrupted();

        /** The terminal has another size. */
        void resized();
    }

    private PinnedLines(Terminal terminal, Status status, boolean coloured) {
        this.terminal = terminal;
        this.status = status;
        this.coloured = coloured;
        this.size = terminal.getSize();
    }

    /**
     * Takes over the terminal of this process.
     *
     * @param coloured whether colours are shown
     * @return empty if there is none, or it cannot pin lines
     */
    static Optional<PinnedLines> open(boolean coloured, Signals signals) {
        Terminal terminal;
        try {
            terminal = TerminalBuilder.builder()
                    .name("tenantry")
                    .system(true)
                    .systemOutput(TerminalBuilder.SystemOutput.SysOut)
                    .provider(TerminalBuilder.PROP_PROVIDER_EXEC)
                    .dumb(false)
                    .build();
        } catch (IOException | IllegalStateException none) {
            return Optional.empty();
        }
        return on(terminal, coloured, signals);
    }

    /** The same on any terminal, which is closed with this, or at once if it cannot pin lines. */
    static Optional<PinnedLines> on(Terminal terminal, boolean coloured, Signals signals) {
        @Nullable Status status = Status.getStatus(terminal);
        if (status == null || !canPin(terminal)) {
            closeQuietly(terminal);
            return Optional.empty();
        }
        PinnedLines pinned = new PinnedLines(terminal, status, coloured);
        terminal.handle(Terminal.Signal.INT, signal -> signals.interrupted());
        terminal.handle(Terminal.Signal.WINCH, signal -> {
            pinned.resized = true;
            signals.resized();
        });
        return Optional.of(pinned);
    }

    private static boolean canPin(Terminal terminal) {
        return terminal.getSize().getRows() >= FEWEST_ROWS
                && Status.getStatus(terminal).toString().contains("supported=true");
    }

    /** Columns of the terminal. */
    int width() {
        return size.getColumns();
    }

    /** Rows of the terminal. */
    int height() {
        return size.getRows();
    }

    /** Looks whether the terminal has another size by now. */
    void measure() {
        if (resized) {
            resized = false;
            size = terminal.getSize();
            status.resize(size);
            overwrite();
            free = 0;
        }
    }

    /** Writes a line directly above the pinned ones; those above it scroll. */
    void print(ScreenLine line) {
        // A terminal that was resized may have its cursor anywhere, among the pinned lines too.
        int last = size.getRows() - 1 - status.size();
        AttributedString text = styled(line);
        terminal.puts(Capability.cursor_address, Math.max(0, last - Math.max(0, free - 1)), 0);
        terminal.writer().print((free == 0 ? "\n" : "") + text.toAnsi(terminal));
        terminal.flush();
        free = Math.max(0, free - Math.max(1, rows(text)));
        printed = true;
    }

    /** How many rows a line takes, the last one included. */
    private int rows(AttributedString text) {
        return (text.columnLength(terminal) + size.getColumns() - 1) / size.getColumns();
    }

    /** Replaces the pinned lines. */
    void pin(List<ScreenLine> lines) {
        if (lines.size() > status.size()) {
            overwrite();
        }
        free += Math.max(0, status.size() - lines.size());
        status.update(lines.stream().map(this::styled).toList());
    }

    /**
     * Lets the next lines be drawn in full. JLine draws only what differs from the lines before, and it does not know that
     * those have moved, as they do for a longer list or on a resized terminal.
     */
    private void overwrite() {
        AttributedString filler = new AttributedString(NEVER_PINNED.repeat(size.getColumns()));
        status.update(Collections.nCopies(status.size(), filler), false);
    }

    private AttributedString styled(ScreenLine line) {
        return new AttributedString(
                Escaped.line(line.text()), coloured ? style(line.colour()) : AttributedStyle.DEFAULT);
    }

    private static AttributedStyle style(@Nullable Colour colour) {
        if (colour == null) {
            return AttributedStyle.DEFAULT;
        }
        return switch (colour) {
            case GOOD -> AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
            case BAD -> AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);
            case WAITING -> AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
            case HEADING -> AttributedStyle.BOLD;
        };
    }

    /** Removes the pinned lines; what was printed above stays. */
    @Override
    public void close() {
        status.hide();
        if (printed) {
            terminal.writer().println();
        }
        terminal.flush();
        closeQuietly(terminal);
    }

    private static void closeQuietly(Terminal terminal) {
        try {
            terminal.close();
        } catch (IOException gone) {
            // There is nothing left to be restored.
        }
    }
}
