package io.tenantry.worker.lane;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.tenantry.worker.config.RetrySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The delay before each attempt: exponential, with jitter, up to a maximum number of attempts. */
public final class Backoff {
    /** Give or take a half, also at the longest delay: those that failed together do not come back together. */
    private static final double JITTER = 0.5;

    private final Retry retry;

    /** A policy for all tasks; each task has its own {@link Attempts}. */
    public Backoff(RetrySettings settings) {
        this.retry = Retry.of(
                "lane",
                RetryConfig.custom()
                        .maxAttempts(settings.maxAttempts())
                        .intervalFunction(attempt -> delayMillis(settings, attempt))
                        .build());
    }

    private static long delayMillis(RetrySettings settings, int attempt) {
        double longest = settings.maxDelay().toMillis();
        double doubled = settings.initialDelay().toMillis() * Math.pow(2, attempt - 1);
        double least = Math.min(doubled, longest) * (1 - JITTER);
        double most = Math.min(doubled * (1 + JITTER), longest);
        return Math.round(least + ThreadLocalRandom.current().nextDouble() * (most - least));
    }

    /** @param failed how many of them were made before, by a task for the same request */
    Attempts newAttempts(int failed) {
        Attempts attempts = new Attempts(retry.asyncContext());
        for (int i = 0; i < failed; i++) {
            var unused = attempts.afterFailure(new IllegalStateException("an attempt before"));
        }
        return attempts;
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
