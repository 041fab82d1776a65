package io.tenantry.worker.cli.request;

import io.tenantry.worker.config.read.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --wait} and {@code --timeout}. */
final class WaitOptions {
    private static final Duration USUAL = Duration.ofMinutes(10);

    @Option(names = "--wait", description = "Wait until each request has its result or its dead letter.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "With --wait: stop waiting after 30s, 5m or 1h, say (default: 10m). The requests go on.")
    private @Nullable String timeout;

    boolean isWanted() {
        return wait;
    }

    /**
     * How long to wait.
     *
     * @throws IllegalArgumentException if it is no duration, or there is nothing to wait for
     */
    Duration timeout() {
        if (timeout == null) {
            return USUAL;
        }
        if (!wait) {
            throw new IllegalArgumentException("--timeout needs --wait");
        }
        return Durations.parse(timeout)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--timeout is \"" + timeout + "\"; expected a duration such as 30s, 5m or 1h"));
    }
}
