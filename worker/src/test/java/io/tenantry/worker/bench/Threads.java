package io.tenantry.worker.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop over tenants on several threads, as a script would have it. */
final class Threads {
    private Threads() {}

    /** What a thread does with its tenants. */
    interface Work {
        void on(int thread, String tenant) throws Exception;
    }

    /** From the start of the first tenant to the end of the last one. */
    static Duration run(int threads, List<String> tenants, Work work) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        AtomicInteger next = new AtomicInteger();
        try {
            List<Future<?>> running = new ArrayList<>();
            long start = System.nanoTime();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                running.add(pool.submit(() -> {
                    for (int i = next.getAndIncrement(); i < tenants.size(); i = next.getAndIncrement()) {
                        work.on(number, tenants.get(i));
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            return Duration.ofNanos(System.nanoTime() - start);
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } finally {
            pool.shutdownNow();
        }
    }
}
