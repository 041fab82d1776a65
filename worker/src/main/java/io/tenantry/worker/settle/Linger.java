package io.tenantry.worker.settle;

import io.tenantry.worker.timing.LingerTime;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How long to wait for further outcomes before a transaction. A transaction costs the registry's disk the same for one
 * outcome as for many. So while there is more work than threads, a pause comes before each: ten times as long as the
 * last transaction took, at most 50 ms. For the settler's thread alone.
 */
final class Linger {
    private static final LingerTime LINGER = new LingerTime(Duration.ofMillis(50));
    private static final Duration STEP = Duration.ofMillis(2);

    private final Saturation saturation;
    private final LongSupplier nanoTime;
    private long notBefore;

    /**
     * The first transaction begins at once.
     *
     * @param saturation reached only while further outcomes may come soon
     * @param nanoTime as {@link System#nanoTime}
     */
    Linger(Saturation saturation, LongSupplier nanoTime) {
        this.saturation = saturation;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    /**
     * Returns when the next transaction should begin: at once if the worker is not saturated.
     *
     * @param signupWaits whether a signup is among what waits; asked repeatedly
     */
    void await(BooleanSupplier signupWaits) throws InterruptedException {
        while (nanoTime.getAsLong() - notBefore < 0 && saturation.isReached(signupWaits.getAsBoolean())) {
            Thread.sleep(STEP.toMillis());
        }
    }

    /** A transaction has just been committed, and took so long. */
    void committed(Duration took) {
        notBefore = nanoTime.getAsLong() + LINGER.after(took).toNanos();
    }
}
