package io.tenantry.worker.settle;

import io.tenantry.worker.timing.LingerTime;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How long to wait for further outcomes before a transaction. A transaction costs the registry's disk the same for one
 * outcome as for many. So while there is more work than threads, a pause comes before each: ten times as long as the
 * last transaction took, at most 50 ms. For the settler's thread alone.
 */
final class Linger {
    private static final LingerTime LINGER = new LingerTime(Duration.ofMillis(50));
    private static final Duration STEP = Duration.ofMillis(2);

    private final Saturation saturation;
    /** {@link System#nanoTime()}. */
    private long notBefore = System.nanoTime();

    /** @param saturation reached only while further outcomes may come soon */
    Linger(Saturation saturation) {
        this.saturation = saturation;
    }

    /**
     * Returns when the next transaction should begin: at once if the worker is not saturated.
     *
     * @param signupWaits whether a signup is among what waits; asked repeatedly
     */
    void await(BooleanSupplier signupWaits) throws InterruptedException {
        while (System.nanoTime() - notBefore < 0 && saturation.isReached(signupWaits.getAsBoolean())) {
            Thread.sleep(STEP.toMillis());
        }
    }

    /** A transaction has just been committed, and took so long. */
    void committed(Duration took) {
        notBefore = System.nanoTime() + LINGER.after(took).toNanos();
    }
}
