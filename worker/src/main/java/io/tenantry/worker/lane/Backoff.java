package io.tenantry.worker.lane;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.tenantry.worker.config.RetrySettings;
import java.time.Duration;
import java.util.Optional;

/** How long to wait before which attempt: exponential, with jitter, up to a number of attempts. */
public final class Backoff {
    private static final double GROWTH = 2.0;
    private static final double JITTER = 0.5;

    private final Retry retry;

    /** A policy for all tasks; each task has its own {@link Attempts}. */
    public Backoff(RetrySettings settings) {
        this.retry = Retry.of(
                "lane",
                RetryConfig.custom()
                        .maxAttempts(settings.maxAttempts())
                        .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(
                                settings.initialDelay(), GROWTH, JITTER, settings.maxDelay()))
                        .build());
    }

    Attempts newAttempts() {
        return new Attempts(retry.asyncContext());
    }

    /** The attempts of one task. */
    static final class Attempts {
        private final Retry.AsyncContext<Object> context;
        private int failed;

        private Attempts(Retry.AsyncContext<Object> context) {
            this.context = context;
        }

        /** The delay before the next attempt; empty if there is none left. */
        Optional<Duration> afterFailure(Exception cause) {
            failed++;
            long millis = context.onError(cause);
            return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        }

        int failed() {
            return failed;
        }
    }
}
