package io.tenantry.worker.bench;

import io.tenantry.worker.bench.BenchSettings.Part;
import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The benchmark: {@code mvn -q -Pbench}; ops/bench/README.md says what it measures, and what it measured. */
public final class Bench {
    /** As in production: durable, which zonky turns off, and with room for the catalogs of thousands of schemas. */
    private static final Map<String, String> SERVER =
            Map.of("fsync", "on", "full_page_writes", "on", "synchronous_commit", "on", "shared_buffers", "4GB");

    private Bench() {}

    /**
     * Ends with status 0 if all was measured, whatever the figures are.
     *
     * @param args the shipped jar
     */
    public static void main(String[] args) throws SQLException {
        // The build may be killed without its child: then nobody would ever stop the servers.
        ProcessHandle.current().parent().ifPresent(parent -> {
            var unused = parent.onExit().thenRun(() -> System.exit(1));
        });
        BenchSettings settings = BenchSettings.ofThisProcess();
        Path jar = Path.of(args[0]);
        Path folder = Folders.makeTemporary();
        List<String> ratios = new ArrayList<>();
        try (DevStack stack = DevStack.start(SERVER)) {
            stack.postgres().createDatabase(TenantryFleet.CONTROL);
            System.out.println("Tenantry bench: " + settings + ", PostgreSQL with " + SERVER);
            if (settings.measures(Part.RIVALS)) {
                Scores scores = new Rivals(settings, stack, jar, System.out::println).run(folder);
                show(scores);
                ratios.addAll(rivalRatios(scores));
            }
            if (settings.measures(Part.SIGNUPS)) {
                SignupLatency.Report report = new SignupLatency(settings, stack, jar, System.out::println).run(folder);
                System.out.println();
                report.lines().forEach(System.out::println);
                System.out.println();
                ratios.add(ratio("signup_p99_vs_jdbc", report.ratio()));
            }
            if (settings.measures(Part.ADOPTED)) {
                AdoptedUpgrade adopted = new AdoptedUpgrade(settings, stack, jar, System.out::println);
                Scores scores = adopted.run(folder);
                show(scores);
                ratios.add(ratio("adopted_upgrade_vs_jdbc", scores, "adopted upgrade", "jdbc"));
                ratios.add(ratio("adopt_schemas_a_minute", adopted.schemasInAMinute()));
            }
            if (settings.measures(Part.GROWTH)) {
                Growth growth = new Growth(settings, stack, jar, System.out::println);
                Scores scores = growth.run(folder);
                show(scores);
                ratios.add(ratio(
                        "cost_growth_6000_vs_1000",
                        scores.median("upgrade", Growth.label(1000)) / scores.median("upgrade", Growth.label(6000))));
                ratios.addAll(growth.catalogLines());
                ratios.add(ratio("drift_ms_a_schema_1000", Growth.driftMillis(scores, 1000)));
                ratios.add(ratio("drift_ms_a_schema_6000", Growth.driftMillis(scores, 6000)));
            }
            ratios.addAll(rollouts(settings, stack, jar, folder));
        } finally {
            Folders.delete(folder);
        }
        ratios.forEach(System.out::println);
        System.exit(0);
    }

    private static List<String> rollouts(BenchSettings settings, DevStack stack, Path jar, Path folder)
            throws SQLException {
        List<String> ratios = new ArrayList<>();
        if (settings.measures(Part.ROLLOUT)) {
            RolloutSpeed speed = new RolloutSpeed(settings, stack, jar, System.out::println);
            Scores scores = speed.run(folder);
            show(scores);
            ratios.add(ratio("rollout_vs_by_hand", RolloutSpeed.ratio(scores, RolloutSpeed.ROLLOUT)));
            int concurrency = settings.sizes().concurrency();
            ratios.add(ratio(
                    "rollout_of_" + concurrency + "_at_once_vs_by_hand", RolloutSpeed.ratio(scores, speed.large())));
        }
        if (settings.measures(Part.ROLLOUT_NOOP)) {
            Duration elapsed = new RolloutNoop(settings, stack, jar, System.out::println).run(folder);
            ratios.add(
                    ratio("rollout_noop_" + settings.sizes().registered() + "_seconds", elapsed.toMillis() / 1000.0));
        }
        if (settings.measures(Part.ROLLOUT_SIGNUPS)) {
            RolloutSignups.Report report = new RolloutSignups(settings, stack, jar, System.out::println).run(folder);
            System.out.println();
            report.lines().forEach(System.out::println);
            System.out.println();
            ratios.add(ratio("signup_first_step_p99_ms_beside_rollouts", report.firstStepMillis()));
            ratios.add(ratio("signup_p99_beside_rollouts_vs_without", report.ratio()));
        }
        return ratios;
    }

    private static void show(Scores scores) {
        System.out.println();
        scores.lines().forEach(System.out::println);
        System.out.println();
    }

    private static List<String> rivalRatios(Scores scores) {
        return List.of(
                ratio("upgrade_vs_jdbc", scores, "upgrade", "jdbc"),
                ratio("onboard_vs_jdbc", scores, "onboard", "jdbc"),
                ratio("upgrade_vs_flyway_loop", scores, "upgrade", "flyway loop"),
                ratio("onboard_vs_flyway_loop", scores, "onboard", "flyway loop"),
                ratio("noop_vs_flyway_loop", scores, "noop", "flyway loop"));
    }

    private static String ratio(String name, Scores scores, String workload, String rival) {
        return ratio(name, scores.median(workload, "tenantry") / scores.median(workload, rival));
    }

    private static String ratio(String name, double value) {
        return String.format(Locale.ROOT, "%s %.2f", name, value);
    }
}
