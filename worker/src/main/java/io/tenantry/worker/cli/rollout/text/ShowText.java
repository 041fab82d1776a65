package io.tenantry.worker.cli.rollout.text;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.Output;
import io.tenantry.worker.cli.TextTable;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.WaveView;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@code rollout show} writes. */
public final class ShowText {
    private static final int MOST_LONG_RUNNING = 10;

    private final RolloutLook look;
    private final RolloutView view;
    private final @Nullable String driver;
    private final ZoneId zone;

    /** @param driver the worker that drives it; null after its end */
    public ShowText(RolloutLook look, @Nullable String driver, ZoneId zone) {
        this.look = look;
        this.view = look.view();
        this.driver = driver;
        this.zone = zone;
    }

    public void write(Output output) {
        @Nullable Colour colour = StateText.colour(view);
        if (colour == null) {
            output.line(StateText.head(view));
        } else {
            output.line(colour, StateText.head(view));
        }
        @Nullable String obstacle = StateText.obstacle(view);
        if (obstacle != null) {
            output.line(Colour.WAITING, obstacle);
        }
        facts(output);
        if (!view.waves().isEmpty()) {
            output.line("");
            output.table(waves());
        }
        failures(output);
        longRunning(output);
    }

    private void facts(Output output) {
        fact(output, "tenants", view.waves().isEmpty() ? null : StateText.counts(view));
        fact(output, "target", target());
        fact(
                output,
                "requested",
                Times.local(view.times().requestedAt(), zone) + ", "
                        + Figures.duration(view.times().age()) + " ago");
        fact(
                output,
                "ran",
                view.times().ran() == null
                        ? null
                        : Figures.duration(view.times().ran()));
        fact(output, "driven by", driver);
        fact(
                output,
                "in flight",
                view.state().isFinal()
                        ? null
                        : "at most " + Figures.count(view.drive().concurrency()) + growing(view));
        fact(output, "halts at", view.state().isFinal() ? null : HaltText.of(view));
        fact(output, "reason", view.request().reason());
    }

    private static String growing(RolloutView view) {
        return view.request().concurrency() == null ? ", and as many as had a result in the last second" : "";
    }

    private static void fact(Output output, String name, @Nullable String value) {
        if (value != null) {
            output.line(String.format("  %-10s  %s", name, value));
        }
    }

    private String target() {
        String asked = view.request().target();
        return view.targets().isEmpty()
                ? asked + ", not resolved yet"
                : view.targets().entrySet().stream()
                        .map(target -> target.getKey() + " " + target.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** A number of each wave. */
    private record Column(String name, ToIntFunction<MemberCounts> number) {
        boolean isIn(List<WaveView> waves) {
            return waves.stream().anyMatch(wave -> number.applyAsInt(wave.counts()) != 0);
        }
    }

    /** What no wave has, has no column: the table fits into a line of a terminal. */
    private TextTable waves() {
        List<Column> columns = Stream.of(
                        new Column("TENANTS", MemberCounts::members),
                        new Column("COMPLETED", MemberCounts::completed),
                        new Column("UP TO DATE", MemberCounts::upToDate),
                        new Column("FAILED", MemberCounts::failed),
                        new Column("SKIPPED", MemberCounts::skipped),
                        new Column("IN FLIGHT", MemberCounts::inFlight),
                        new Column("NOT BEGUN", counts -> counts.pending() - counts.inFlight()))
                .filter(column -> column.isIn(view.waves()))
                .toList();
        TextTable table = new TextTable(
                Stream.of(Stream.of("WAVE", "NAME", "STATE"), columns.stream().map(Column::name), Stream.of("THEN"))
                        .flatMap(Function.identity())
                        .toArray(String[]::new));
        for (WaveView wave : view.waves()) {
            List<@Nullable Object> cells = new ArrayList<>();
            cells.add(wave.number());
            cells.add(wave.name());
            cells.add(state(wave));
            columns.forEach(column -> cells.add(column.number().applyAsInt(wave.counts())));
            cells.add(then(wave));
            table.row(cells.toArray());
        }
        return table;
    }

    private String state(WaveView wave) {
        return switch (wave.progress()) {
            case NOT_BEGUN -> "not begun";
            case BEGUN ->
                view.state() == RolloutState.RUNNING ? "running" : view.state().label();
            case COMPLETED ->
                wave.number() == view.wave() && view.state() == RolloutState.SOAKING ? "soaking" : "completed";
        };
    }

    private static @Nullable String then(WaveView wave) {
        String soak = wave.soak().isZero() ? "" : "soaks " + Figures.duration(wave.soak());
        String pause = wave.pauseAfter() ? "pauses" : "";
        return soak.isEmpty() || pause.isEmpty() ? soak + pause : soak + ", " + pause;
    }

    private void failures(Output output) {
        if (!view.failures().isEmpty()) {
            TextTable codes = new TextTable("FAILURES BY CODE", "TENANTS NOW", "REQUESTS IN ALL");
            view.failures()
                    .forEach(
                            (code, requests) -> codes.row(code, look.failedNow().getOrDefault(code, 0), requests));
            output.line("");
            output.table(codes);
        }
        if (look.failed().isEmpty()) {
            return;
        }
        output.line("");
        output.line(Colour.HEADING, "failed tenants, the newest first");
        for (FailedMember failed : look.failed()) {
            output.line(Colour.BAD, "  " + FailedMemberText.line(failed) + details(failed));
            statement(failed).forEach(line -> output.line("      " + line));
        }
        int others = view.counts().failed() - look.failed().size();
        if (others > 0) {
            output.line("  and " + Figures.count(others) + " more: see --limit");
        }
    }

    private static String details(FailedMember failed) {
        List<String> details = new ArrayList<>();
        if (failed.error() != null && failed.error().sqlState() != null) {
            details.add("SQLSTATE " + failed.error().sqlState());
        }
        if (failed.attempt() > 1) {
            details.add("attempt " + failed.attempt());
        }
        return details.isEmpty() ? "" : " (" + String.join(", ", details) + ")";
    }

    /** The first lines of the statement that failed. */
    private static List<String> statement(FailedMember failed) {
        return failed.error() == null || failed.error().statement() == null
                ? List.of()
                : failed.error().statement().lines().limit(3).toList();
    }

    private void longRunning(Output output) {
        List<String> longest = LongRunning.lines(look, MOST_LONG_RUNNING);
        if (!longest.isEmpty()) {
            output.line("");
            output.line(Colour.HEADING, "in flight for the longest time");
            longest.forEach(line -> output.line("  " + line));
        }
    }
}
