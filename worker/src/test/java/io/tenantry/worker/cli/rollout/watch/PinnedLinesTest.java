package io.tenantry.worker.cli.rollout.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.Colour;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.Test;

/** What is sent to a terminal, and what is not. */
class PinnedLinesTest {
    private static final String RED = "\u001b[31m";

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final StringBuilder signals = new StringBuilder();

    @Test
    void linesArePinnedBelowWhatScrolls() throws IOException {
        PinnedLines pinned = open("xterm", 80, 24, true).orElseThrow();

        pinned.pin(List.of(ScreenLine.of("one"), new ScreenLine("two", Colour.BAD)));
        pinned.print(ScreenLine.of("above"));
        // Rows 1 to 22 scroll; row 22 is directly above the two pinned ones.
        assertThat(shown()).containsSubsequence("\u001b[1;22r", "one", RED + "two", "\u001b[22;1H", "\n", "above");

        screen.reset();
        pinned.close();
        assertThat(shown()).contains("\u001b[1;24r");
    }

    /** The lines move up then, so what the terminal has at each place is not what was pinned there. */
    @Test
    void allLinesAreDrawnAgainWhenThereAreMoreOrTheTerminalHasAnotherSize() throws IOException {
        Terminal terminal = terminal("xterm", 80, 24);
        PinnedLines pinned = on(terminal, true).orElseThrow();
        pinned.pin(lines("head", "bar", "figures"));

        screen.reset();
        pinned.pin(lines("head", "obstacle", "bar", "figures"));
        assertThat(shown()).containsSubsequence("head", "obstacle", "bar", "figures");

        screen.reset();
        terminal.setSize(Size.of(60, 12));
        terminal.raise(Terminal.Signal.WINCH);
        pinned.measure();
        pinned.pin(lines("head", "obstacle", "bar", "figures"));
        assertThat(shown()).containsSubsequence("head", "obstacle", "bar", "figures");
        pinned.close();
    }

    @Test
    void colourAndControlCharactersDoNotReachATerminalThatMustNotHaveThem() throws IOException {
        PinnedLines pinned = open("xterm", 80, 24, false).orElseThrow();

        pinned.pin(List.of(new ScreenLine("evil \u001b[2J", Colour.BAD)));
        pinned.print(new ScreenLine("worse \u001b[2J", Colour.BAD));

        assertThat(shown()).contains("evil \\u001b[2J", "worse \\u001b[2J").doesNotContain("\u001b[2J", RED);
        pinned.close();
    }

    @Test
    void aTerminalThatCannotPinOrIsTooLowIsNotTakenOver() throws IOException {
        assertThat(open("dumb", 80, 24, true)).isEmpty();
        assertThat(open("xterm", 80, 2, true)).isEmpty();
    }

    @Test
    void itsSizeIsAskedAgainAfterASignal() throws IOException {
        Terminal terminal = terminal("xterm", 80, 24);
        PinnedLines pinned = on(terminal, true).orElseThrow();

        terminal.setSize(Size.of(60, 12));
        pinned.measure();
        assertThat(pinned.height()).isEqualTo(24);
        terminal.raise(Terminal.Signal.WINCH);
        pinned.measure();

        assertThat(List.of(pinned.width(), pinned.height())).containsExactly(60, 12);
        terminal.raise(Terminal.Signal.INT);
        assertThat(signals).hasToString("resized interrupted ");
        pinned.close();
    }

    @Test
    void whatIsPrintedFillsTheRowsThatFewerPinnedLinesLeave() throws IOException {
        PinnedLines pinned = open("xterm", 80, 24, true).orElseThrow();
        pinned.pin(lines("head", "obstacle", "bar", "figures"));
        pinned.print(ScreenLine.of("paused"));
        pinned.pin(lines("head", "figures"));

        screen.reset();
        pinned.print(ScreenLine.of("running"));
        pinned.print(ScreenLine.of("halted"));
        pinned.print(ScreenLine.of("running again"));

        // Rows 21 and 22 are free; row 22 is directly above the two pinned ones.
        assertThat(shown())
                .contains("\u001b[21;1Hrunning", "\u001b[22;1Hhalted", "\u001b[22;1H")
                .endsWith("\nrunning again");
        pinned.close();
    }

    private static List<ScreenLine> lines(String... texts) {
        return Arrays.stream(texts).map(ScreenLine::of).toList();
    }

    private Optional<PinnedLines> open(String type, int columns, int rows, boolean coloured) throws IOException {
        return on(terminal(type, columns, rows), coloured);
    }

    private Optional<PinnedLines> on(Terminal terminal, boolean coloured) {
        return PinnedLines.on(terminal, coloured, new PinnedLines.Signals() {
            @Override
            public void interrupted() {
                signals.append("interrupted ");
            }

            @Override
            public void resized() {
                signals.append("resized ");
            }
        });
    }

    private Terminal terminal(String type, int columns, int rows) throws IOException {
        return TerminalBuilder.builder()
                .streams(new ByteArrayInputStream(new byte[0]), screen)
                .type(type)
                .encoding(StandardCharsets.UTF_8)
                .size(Size.of(columns, rows))
                .build();
    }

    private String shown() {
        return screen.toString(StandardCharsets.UTF_8);
    }
}
