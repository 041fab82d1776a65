package io.tenantry.worker.bench;

import io.tenantry.worker.demo.RoundReport;
import io.tenantry.worker.demo.TextTable;
import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * How long a single signup takes while rollouts follow one another, and without any: signups come at a quarter of the rate
 * at which the same worker onboards many at once. Each rollout brings the same tenants one version on.
 */
final class RolloutSignups {
    private static final int FIRST_VERSION = 11;
    /** If they are used up, the measurement ends early, and the table says so. */
    private static final int VERSIONS = 16;

    private static final int ONBOARDED_FOR_THE_RATE = 300;
    private static final String QUEUEING = "tenantry_queueing_seconds";
    private static final String OF_SIGNUPS = "type=\"created\"";

    /** One row of the table. */
    private record Line(String beside, double rate, int rollouts, RoundReport report, Counters counted) {
        double millis(double percent) {
            return report.percentile(percent).toNanos() / 1e6;
        }

        double firstStepMillis() {
            return counted.percentileMillis(99, QUEUEING, OF_SIGNUPS);
        }
    }

    /**
     * What was measured.
     *
     * @param lines the table for people
     * @param firstStepMillis p99 from a worker's poll until a thread first works on a signup, beside rollouts
     * @param ratio the whole p99 beside rollouts, divided by that without
     */
    record Report(List<String> lines, double firstStepMillis, double ratio) {}

    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();
    private volatile boolean signupsAreDone;

    RolloutSignups(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.out = out;
    }

    Report run(Path folder) throws SQLException {
        int seconds = settings.sizes().seconds();
        try (TenantryFleet fleet = new TenantryFleet(
                        stack, jar, "bench_beside", settings.connections(), Folders.make(folder.resolve("beside")));
                RolloutClient rollouts = new RolloutClient(stack.kafka().bootstrapServers(), fleet::trouble)) {
            fleet.run(
                    Workload.ONBOARD, Rivals.tenants("beside", settings.sizes().tenants()));
            fleet.deploy(FIRST_VERSION, FIRST_VERSION + VERSIONS - 1);
            fleet.run(Workload.ONBOARD, Rivals.tenants("warmside", ONBOARDED_FOR_THE_RATE));
            quiet.await(out);
            Duration elapsed = fleet.run(Workload.ONBOARD, Rivals.tenants("rateside", ONBOARDED_FOR_THE_RATE));
            double rate = ONBOARDED_FOR_THE_RATE / (elapsed.toNanos() / 1e9) / 4;
            quiet.await(out);
            Line without =
                    measure(fleet, "nothing", Rivals.tenants("alone", signups(rate, seconds / 2)), rate, () -> 0);
            quiet.await(out);
            Line beside = measure(
                    fleet, "rollouts", Rivals.tenants("crowd", signups(rate, seconds)), rate, () -> roll(rollouts));
            return new Report(
                    table(List.of(without, beside)), beside.firstStepMillis(), beside.millis(99) / without.millis(99));
        }
    }

    private static int signups(double rate, int seconds) {
        return Math.max((int) (rate * seconds), 1);
    }

    /** What happens beside the signups, until these are done; returns how many rollouts that were. */
    private interface Beside {
        int run();
    }

    private Line measure(TenantryFleet fleet, String what, List<String> tenants, double rate, Beside beside) {
        signupsAreDone = false;
        Counters before = fleet.counters();
        CompletableFuture<Integer> rollouts = CompletableFuture.supplyAsync(beside::run);
        RoundReport report;
        try {
            report = fleet.signUp(tenants, Duration.ofNanos((long) (1e9 / rate)));
        } finally {
            signupsAreDone = true;
        }
        return new Line(what, rate, await(rollouts), report, fleet.counters().since(before));
    }

    private static int await(CompletableFuture<Integer> rollouts) {
        try {
            return rollouts.join();
        } catch (CompletionException failure) {
            throw new IllegalStateException("the rollouts failed", failure.getCause());
        }
    }

    private int roll(RolloutClient rollouts) {
        int done = 0;
        while (!signupsAreDone) {
            if (done == VERSIONS) {
                throw new IllegalStateException("all " + VERSIONS
                        + " versions were rolled out before the signups ended: use more tenants, or less"
                        + " time (bench.rollout.tenants, bench.rollout.seconds)");
            }
            rollouts.run("beside*", String.valueOf(FIRST_VERSION + done), null);
            done++;
        }
        return done;
    }

    private static List<String> table(List<Line> lines) {
        TextTable table = new TextTable(
                "signups beside",
                "signups",
                "a second",
                "p50, ms",
                "p99, ms",
                "longest, ms",
                "poll to first step, p99, ms",
                "of them over 250 ms",
                "upgrades a second");
        for (Line line : lines) {
            double seconds = line.report().elapsed().toNanos() / 1e9;
            table.row(
                    line.rollouts() == 0 ? line.beside() : line.rollouts() + " " + line.beside(),
                    String.valueOf(line.report().answers().size()),
                    one(line.rate()),
                    one(line.millis(50)),
                    one(line.millis(99)),
                    one(line.millis(100)),
                    one(line.firstStepMillis()),
                    String.valueOf(Math.round(line.counted().sum(QUEUEING + "_count", OF_SIGNUPS)
                            - line.counted().sum(QUEUEING + "_bucket", OF_SIGNUPS, "le=\"0.25\""))),
                    one(line.counted().sum("tenantry_requests_seconds_count", "type=\"migration\"") / seconds));
        }
        return table.lines();
    }

    private static String one(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
