package io.tenantry.worker.operator.home;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Does several things at the same time, each on a thread, and hands over the results in the order in which the things were
 * given. For one thread, which gives and takes.
 */
public final class OrderedTasks<T> implements AutoCloseable {
    /** So many results may wait for an earlier one, for each thread. */
    private static final int AHEAD = 8;

    private final ExecutorService threads;
    private final int most;
    private final Deque<Given<T>> given = new ArrayDeque<>();

    /** @param taken whether a thread has begun it, or it is not to be begun any more */
    private record Given<T>(Future<T> result, AtomicBoolean taken) {}

    /** @param name of the threads */
    public OrderedTasks(String name, int threads) {
        this.most = AHEAD * threads;
        this.threads = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** To be done after those that were given before; what it throws is thrown by {@link #take}. */
    public void give(Supplier<T> task) {
        AtomicBoolean taken = new AtomicBoolean();
        given.add(new Given<>(
                threads.submit(() -> {
                    if (!taken.compareAndSet(false, true)) {
                        throw new CancellationException();
                    }
                    return task.get();
                }),
                taken));
    }

    /** Whether a result should be taken before the next thing is given. */
    public boolean isFull() {
        return given.size() >= most;
    }

    /** Takes back what no thread has begun, and returns how many things that are. */
    public int dropWaiting() {
        int dropped = 0;
        while (!given.isEmpty() && given.getLast().taken().compareAndSet(false, true)) {
            given.removeLast();
            dropped++;
        }
        return dropped;
    }

    /** Whether nothing is left to be taken. */
    public boolean isEmpty() {
        return given.isEmpty();
    }

    /** Waits for the result of the first one that was not taken yet. */
    public T take() {
        Future<T> first = given.remove().result();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return first.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                } catch (ExecutionException failure) {
                    throw failure.getCause() instanceof RuntimeException thrown
                            ? thrown
                            : new IllegalStateException(failure.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Begins nothing more, and waits for what was begun. */
    @Override
    public void close() {
        dropWaiting();
        threads.shutdown();
        try {
            threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
