package io.tenantry.worker.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a failed attempt is repeated.
 *
 * @param maxAttempts tries in all, the first included
 * @param initialDelay before the second try; doubles with each further one
 * @param maxDelay the longest pause between two tries; not shorter than {@code initialDelay}
 * @param giveUpAfter how long a server may be away before its requests fail; null: they wait for as long as it takes
 */
public record RetrySettings(
        int maxAttempts,
        Duration initialDelay,
        Duration maxDelay,
        @Nullable Duration giveUpAfter) {}
