package io.tenantry.worker.bench;

import io.tenantry.worker.demo.RoundReport;
import io.tenantry.worker.demo.TextTable;
import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How long a single signup takes, from its request to its result: at one a second, and at a quarter and a half of the rate at
 * which the same worker onboards many at once. The quarter is compared with {@link SignupSum} at the same rate, in turns.
 */
final class SignupLatency {
    private static final int SIGNUPS = 300;
    private static final int WARM_UP = 500;

    /** One row of the table. */
    private record Line(String contestant, String rate, List<Duration> latencies) {
        Duration percentile(double percent) {
            List<Duration> sorted = latencies.stream().sorted().toList();
            return sorted.get(Math.max((int) Math.ceil(percent / 100 * sorted.size()), 1) - 1);
        }
    }

    /**
     * What was measured.
     *
     * @param lines the table for people
     * @param ratio p99 at a quarter of the onboarding rate, divided by that of {@link SignupSum}: the median of the rounds
     */
    record Report(List<String> lines, double ratio) {}

    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();

    SignupLatency(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.out = out;
    }

    Report run(Path folder) throws SQLException {
        List<Line> lines = new ArrayList<>();
        try (TenantryFleet fleet = new TenantryFleet(
                        stack, jar, "bench_signups", settings.connections(), Folders.make(folder.resolve("signups")));
                SignupSum sum = new SignupSum(stack, "bench_signups_sum")) {
            fleet.run(Workload.ONBOARD, Rivals.tenants("swarm", WARM_UP));
            sum.run(Rivals.tenants("swarm", WARM_UP), Duration.ZERO);
            settleDown();
            Duration elapsed = fleet.run(Workload.ONBOARD, Rivals.tenants("srate", settings.tenants()));
            double rate = settings.tenants() / (elapsed.toNanos() / 1e9);
            List<Double> ratios = new ArrayList<>();
            for (int round = 1; round <= settings.rounds(); round++) {
                Line ours = measure(fleet, "a quarter", rate / 4, "q" + round);
                settleDown();
                Line sums = new Line(
                        "jdbc, kafka",
                        label("a quarter", rate / 4),
                        sum.run(Rivals.tenants("ssum" + round + "r", SIGNUPS), interval(rate / 4)));
                lines.addAll(List.of(ours, sums));
                ratios.add(millis(ours, 99) / millis(sums, 99));
            }
            lines.add(measure(fleet, "a half", rate / 2, "h"));
            lines.add(measure(fleet, "", 1, "s"));
            return new Report(table(lines), median(ratios));
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private Line measure(TenantryFleet fleet, String share, double rate, String prefix) throws SQLException {
        settleDown();
        RoundReport report = fleet.signUp(Rivals.tenants(prefix + "r", SIGNUPS), interval(rate));
        return new Line(
                "tenantry",
                label(share, rate),
                report.answers().stream().map(RoundReport.Answer::latency).toList());
    }

    /**
     * Each row begins after a checkpoint. One that begins within a row, by chance, writes and syncs tens of thousands of files that
     * earlier tenants have made, and every commit waits for it.
     */
    private void settleDown() throws SQLException {
        try (Connection connection = stack.postgres().connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
        quiet.await(out);
    }

    private static Duration interval(double rate) {
        return Duration.ofNanos((long) (1e9 / rate));
    }

    private static String label(String share, double rate) {
        return String.format(Locale.ROOT, "%.1f%s", rate, share.isEmpty() ? "" : " (" + share + ")");
    }

    private static List<String> table(List<Line> lines) {
        TextTable table = new TextTable("signups", "a second", "p50, ms", "p99, ms", "longest, ms");
        for (Line line : lines) {
            table.row(line.contestant(), line.rate(), ms(line, 50), ms(line, 99), ms(line, 100));
        }
        return table.lines();
    }

    private static String ms(Line line, double percent) {
        return String.format(Locale.ROOT, "%.1f", millis(line, percent));
    }

    private static double millis(Line line, double percent) {
        return line.percentile(percent).toNanos() / 1e6;
    }
}
