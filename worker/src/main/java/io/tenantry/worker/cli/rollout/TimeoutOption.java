package io.tenantry.worker.cli.rollout;

import io.tenantry.worker.config.read.Durations;
import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --timeout}. */
final class TimeoutOption {
    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "1m",
            description = "How long to wait for a worker's answer, as in 30s or 5m (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String timeout;

    /** @throws IllegalArgumentException if it is not a duration; the message is for people */
    Duration duration() {
        return Durations.parse(timeout)
                .filter(duration -> !duration.isZero())
                .orElseThrow(() -> new IllegalArgumentException(
                        "--timeout is " + timeout + "; expected a duration as 30s or 5m, over 0"));
    }
}
