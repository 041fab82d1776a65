package io.tenantry.worker.cli.rollout;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --reason}. */
final class ReasonOption {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people; kept and published.")
    private @Nullable String reason;

    @Nullable String text() {
        return reason;
    }
}
