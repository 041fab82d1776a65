package io.tenantry.worker.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Consumer;

/** Waits until the machine has nothing to do: compilers, checkpoints and vacuums of the one before are not the next one's to pay for. */
final class Quiet {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SAMPLE = Duration.ofMillis(200);
    private static final int SAMPLES_IN_A_ROW = 3;
    /** Of all processors: a broker, a worker and servers with nothing to do need a few hundredths. */
    private static final double BUSY = 0.1;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Waits for a minute at most; then it says that the machine stayed busy. */
    void await(Consumer<String> out) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int quiet = 0;
        double unused = system.getCpuLoad();
        while (quiet < SAMPLES_IN_A_ROW && System.nanoTime() < end) {
            pause();
            quiet = system.getCpuLoad() < BUSY ? quiet + 1 : 0;
        }
        if (quiet < SAMPLES_IN_A_ROW) {
            out.accept("the machine is busy with something else: what follows may be too low");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(SAMPLE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
