package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.RolloutSelection;
import io.tenantry.contracts.Wave;
import io.tenantry.worker.config.read.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code rollout start} asks for. */
final class StartOptions {
    @Option(
            names = "--to",
            paramLabel = "VERSION",
            description = "The version to reach in each database (default: the latest that the workers have).")
    private @Nullable String target;

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            split = ",",
            description = "Upgrade only these named databases (default: all).")
    private List<String> databases = List.of();

    @Option(
            names = "--tenants",
            paramLabel = "TENANT",
            split = ",",
            description = "Only these tenants: names, or globs with * and ? (default: all).")
    private List<String> tenants = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "TENANT",
            split = ",",
            description = "Without these tenants: names or globs.")
    private List<String> exclude = List.of();

    @Option(names = "--attribute", paramLabel = "KEY=VALUE", description = "Only tenants that have this attribute.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Option(
            names = "--canary",
            paramLabel = "TENANT",
            split = ",",
            description = "A first wave of these tenants: names or globs.")
    private List<String> canary = List.of();

    @Option(
            names = "--wave",
            paramLabel = "WAVE",
            description = {
                "The next wave: [NAME=]SIZE[,soak=DURATION][,pause]. SIZE is a number of tenants, a share of all as in"
                        + " 10%%, or rest.",
                "Tenants that are left over form a last wave, with or without --wave rest."
            })
    private List<String> waves = List.of();

    @Option(
            names = "--soak",
            paramLabel = "DURATION",
            description = "How long to wait after each wave but the last, as in 30s, 5m or 1h.")
    private @Nullable String soak;

    @Option(
            names = "--pause-after",
            paramLabel = "WAVE",
            split = ",",
            description = "Wait after this wave for `rollout resume`: its name, or its number from 1.")
    private List<String> pauseAfter = List.of();

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Tenants in flight at most (default: twice the connections that the servers allow, and as"
                    + " many as had a result in the last second).")
    private @Nullable Integer concurrency;

    @Option(
            names = "--max-failures",
            paramLabel = "N",
            description = "Halt when more than N tenants fail in the whole rollout (default: 0, unless"
                    + " --max-failure-percent is given).")
    private @Nullable Integer maxFailures;

    @Option(
            names = "--max-failure-percent",
            paramLabel = "P",
            description = "Halt when more than P%% of the tenants of a wave fail.")
    private @Nullable Integer maxFailurePercent;

    @Option(
            names = "--every-tenant",
            description = "Send a request also to tenants that the registry knows to be at the target.")
    private boolean everyTenant;

    /**
     * The request.
     *
     * @param reason null means none
     * @throws IllegalArgumentException if an option has a value that it cannot have; the message is for people
     */
    RolloutRequested request(String rollout, @Nullable String reason) {
        List<Wave> planned =
                WaveOptions.waves(canary, waves.stream().map(WaveOption::parse).toList(), duration(soak), pauseAfter);
        HaltRule halt = maxFailures == null && maxFailurePercent == null
                ? HaltRule.FIRST_FAILURE
                : new HaltRule(maxFailures, maxFailurePercent);
        return new RolloutRequested(
                rollout,
                RolloutAction.START,
                reason,
                databases,
                target == null ? "latest" : target,
                new RolloutSelection(tenants, exclude, attributes),
                planned,
                concurrency,
                halt,
                everyTenant ? true : null);
    }

    private static @Nullable Duration duration(@Nullable String text) {
        return text == null
                ? null
                : Durations.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "--soak is " + text + "; expected a duration as 30s, 5m or 1h"));
    }
}
