package io.tenantry.worker.guarantee;

import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.KafkaBroker.Detour;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One of the detours to the broker that all tests share, lent to one test at a time. */
final class SharedDetour implements AutoCloseable {
    private static final BlockingQueue<Detour> FREE =
            new LinkedBlockingQueue<>(DevStack.shared().kafka().detours());
    private static final long PATIENCE_MINUTES = 10;

    private final Detour detour;

    private SharedDetour(Detour detour) {
        this.detour = detour;
    }

    /** Waits until one is free. */
    static SharedDetour take() throws InterruptedException {
        Detour free = FREE.poll(PATIENCE_MINUTES, TimeUnit.MINUTES);
        if (free == null) {
            throw new IllegalStateException("no detour to the broker is given back");
        }
        return new SharedDetour(free);
    }

    Detour addresses() {
        return detour;
    }

    /** What the clients of a proxy there are given. */
    String bootstrapServers() {
        return detour.advertised();
    }

    @Override
    public void close() {
        FREE.add(detour);
    }
}
