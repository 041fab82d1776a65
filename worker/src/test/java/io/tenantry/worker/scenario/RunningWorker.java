package io.tenantry.worker.scenario;

import io.tenantry.worker.Worker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A worker on a thread of this process. */
public final class RunningWorker implements AutoCloseable {
    private final Worker worker;
    private final CompletableFuture<List<String>> end = new CompletableFuture<>();

    private RunningWorker(Worker worker) {
        this.worker = worker;
    }

    static RunningWorker start(Worker worker) {
        RunningWorker running = new RunningWorker(worker);
        Thread thread = new Thread(
                () -> {
                    try {
                        running.end.complete(worker.run());
                    } catch (RuntimeException | Error failure) {
                        running.end.completeExceptionally(failure);
                    }
                },
                "worker");
        thread.setDaemon(true);
        thread.start();
        return running;
    }

    /** Waits for the end, and returns what kept it from working. */
    public List<String> awaitEnd() {
        try {
            return end.get(60, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError("the worker did not end in order", failure);
        }
    }

    /** Drains it, as SIGTERM does, and waits. */
    public void stop() {
        worker.close();
        List<String> faults = awaitEnd();
        if (!faults.isEmpty()) {
            throw new AssertionError("the worker did not start: " + faults);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
