package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long a rollout takes beside the same upgrades that are published by hand, all at once. The same tenants go one version
 * on each time, in turns, with one worker that runs throughout.
 */
final class RolloutSpeed {
    static final String BY_HAND = "by hand";
    static final String ROLLOUT = "rollout";
    private static final int FIRST_VERSION = 11;
    private static final int WARM_UP = 500;
    private static final String WORKLOAD = "upgrade";
    private static final String OLD = "id=\"Tenured Gen\"";
    private static final double MEBIBYTE = 1 << 20;

    private final BenchSettings settings;
    private final DevStack stack;
    private final Path jar;
    private final Consumer<String> out;
    private final Quiet quiet = new Quiet();
    private final int count;
    private int version = FIRST_VERSION - 1;

    RolloutSpeed(BenchSettings settings, DevStack stack, Path jar, Consumer<String> out) {
        this.settings = settings;
        this.stack = stack;
        this.jar = jar;
        this.out = out;
        this.count = settings.sizes().tenants();
    }

    /** One way to upgrade all; the concurrency is null for the default, and for what is published by hand. */
    private record Way(String name, @Nullable Integer concurrency) {}

    /** The rates of all ways and rounds. */
    Scores run(Path folder) throws SQLException {
        Scores scores = new Scores();
        List<Way> ways = new ArrayList<>(List.of(
                new Way(BY_HAND, null),
                new Way(ROLLOUT, null),
                new Way(large(), settings.sizes().concurrency())));
        try (TenantryFleet fleet = new TenantryFleet(
                        stack, jar, "bench_rollout", settings.connections(), Folders.make(folder.resolve("rollout")));
                RolloutClient rollouts = new RolloutClient(stack.kafka().bootstrapServers(), fleet::trouble)) {
            int warm = Math.min(WARM_UP, count);
            fleet.run(Workload.ONBOARD, Rivals.tenants("warmroll", warm));
            fleet.run(Workload.ONBOARD, Rivals.tenants("roll", count));
            fleet.deploy(FIRST_VERSION, FIRST_VERSION + ways.size() * settings.rounds());
            fleet.upgrade(Rivals.tenants("warmroll", warm), String.valueOf(FIRST_VERSION));
            for (Way way : ways) {
                rollouts.run("warmroll*", String.valueOf(FIRST_VERSION + 1 + ways.indexOf(way)), way.concurrency());
            }
            for (int round = 0; round < settings.rounds(); round++) {
                for (Way way : ways) {
                    measure(fleet, rollouts, way, scores);
                }
                Collections.reverse(ways);
            }
        }
        return scores;
    }

    String large() {
        return "rollout, " + settings.sizes().concurrency() + " at once";
    }

    private void measure(TenantryFleet fleet, RolloutClient rollouts, Way way, Scores scores) {
        quiet.await(out);
        version++;
        Counters before = fleet.counters();
        Duration elapsed = way.name().equals(BY_HAND)
                ? fleet.upgrade(Rivals.tenants("roll", count), String.valueOf(version))
                : roll(rollouts, way);
        Counters after = fleet.counters();
        Counters counted = after.since(before);
        scores.add(WORKLOAD, way.name(), count, elapsed);
        out.accept(String.format(
                Locale.ROOT,
                "rollout  upgrade  %-22s %8.1f tenants a second; mean ms: queueing %.1f, work on a home %.1f, settling %.1f;"
                        + " transactions: registry %.0f, Kafka %.0f; heap: %.0f of %.0f MiB old, %.2f s of collections",
                way.name(),
                count / (elapsed.toNanos() / 1e9),
                counted.meanMillis("tenantry_queueing_seconds", "type=\"migration\""),
                counted.meanMillis("tenantry_homes_seconds"),
                counted.meanMillis("tenantry_settling_seconds"),
                counted.sum("tenantry_settle_seconds_count"),
                counted.sum("tenantry_publish_seconds_count"),
                after.sum("jvm_memory_used_bytes", OLD) / MEBIBYTE,
                after.sum("jvm_memory_max_bytes", "area=\"heap\"") / MEBIBYTE,
                counted.sum("jvm_gc_pause_seconds_sum")));
    }

    private Duration roll(RolloutClient rollouts, Way way) {
        RolloutClient.Completed completed = rollouts.run("roll*", String.valueOf(version), way.concurrency());
        if (completed.result().counts().completed() != count) {
            throw new IllegalStateException("not all tenants were upgraded: " + completed.result());
        }
        return completed.elapsed();
    }

    /** How much longer a rollout takes; 1 is as long. */
    static double ratio(Scores scores, String rollout) {
        return scores.median(WORKLOAD, BY_HAND) / scores.median(WORKLOAD, rollout);
    }
}
