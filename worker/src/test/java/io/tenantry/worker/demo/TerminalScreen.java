package io.tenantry.worker.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Status;

/** Shows each task as a bar that grows, at the bottom of the terminal; afterwards a line says how it went. */
final class TerminalScreen implements Screen {
    private static final int WIDTH = 40;
    private static final long REFRESH_NANOS = Duration.ofMillis(100).toNanos();

    private final PrintStream out;

    TerminalScreen(PrintStream out) {
        this.out = out;
    }

    @Override
    public void line(String text) {
        out.println(text);
    }

    @Override
    public Progress begin(String task, int total) {
        try {
            // Without its signal handlers: Ctrl-C must end the demo through its shutdown hook.
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .provider(TerminalBuilder.PROP_PROVIDER_EXEC)
                    .dumb(false)
                    .nativeSignals(false)
                    .build();
            return new Bar(terminal, task, total);
        } catch (IOException | IllegalStateException none) {
            return new PlainScreen(out).begin(task, total);
        }
    }

    private final class Bar implements Progress {
        private final Terminal terminal;
        private final Status status;
        private final String task;
        private final int total;
        private final long start = System.nanoTime();
        private long drawn = start - REFRESH_NANOS;
        private int done;

        Bar(Terminal terminal, String task, int total) {
            this.terminal = terminal;
            this.status = Status.getStatus(terminal);
            this.task = task;
            this.total = total;
            draw();
        }

        @Override
        public void step() {
            done++;
            draw();
        }

        private void draw() {
            long now = System.nanoTime();
            if (now - drawn >= REFRESH_NANOS) {
                drawn = now;
                status.update(List.of(new AttributedString(text())));
            }
        }

        private String text() {
            int filled = total == 0 ? WIDTH : (int) ((long) done * WIDTH / total);
            double seconds = (System.nanoTime() - start) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "  %s [%s%s] %d of %d, %.1f/s",
                    task,
                    "#".repeat(filled),
                    " ".repeat(WIDTH - filled),
                    done,
                    total,
                    done / Math.max(seconds, 0.001));
        }

        @Override
        public void close() {
            status.hide();
            try {
                terminal.close();
            } catch (IOException gone) {
                // There is nothing left to be restored.
            }
            line(text());
        }
    }
}
