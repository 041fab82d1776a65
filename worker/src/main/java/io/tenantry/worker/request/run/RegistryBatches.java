package io.tenantry.worker.request.run;

import io.tenantry.worker.postgres.SqlFailure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Asks the registry many questions at once. A batch contains the questions that arrived during the previous one. It has
 * one thread of its own, so waiting requests hold none.
 */
final class RegistryBatches<Q, A> implements AutoCloseable {
    private static final int LARGEST_BATCH = 500;

    private record Asked<Q, A>(Q question, CompletableFuture<A> answer) {}

    /** Answers a batch: an answer for each question, in their order. */
    interface Query<Q, A> {
        List<A> of(List<Q> questions) throws SQLException;
    }

    private final Query<Q, A> registry;
    private final BlockingQueue<Asked<Q, A>> incoming = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** @param name of the thread */
    RegistryBatches(String name, Query<Q, A> registry) {
        this.registry = registry;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Returns at once; the answer fails with an {@link SQLException} if the registry does not answer. */
    CompletableFuture<A> ask(Q question) {
        Asked<Q, A> asked = new Asked<>(question, new CompletableFuture<>());
        incoming.add(asked);
        return asked.answer();
    }

    private void run() {
        List<Asked<Q, A>> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(incoming.take());
                incoming.drainTo(batch, LARGEST_BATCH - 1);
                answer(batch);
                batch.clear();
            }
        } catch (InterruptedException stop) {
            // The worker ends, and no request waits any more.
        }
    }

    private void answer(List<Asked<Q, A>> batch) {
        try {
            List<A> found = registry.of(batch.stream().map(Asked::question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer().complete(found.get(i));
            }
        } catch (SQLException | RuntimeException | Error failure) {
            if (batch.size() > 1 && isOfOne(failure)) {
                // The data of one request may be at fault.
                batch.forEach(asked -> answer(List.of(asked)));
                return;
            }
            // The requests decide what the failure means, also if it is an error after which the process must not go
            // on.
            batch.forEach(asked -> asked.answer().completeExceptionally(failure));
        }
    }

    /** Whether the data of one request may be the reason; for most bugs it is. */
    private static boolean isOfOne(Throwable failure) {
        return failure instanceof SQLException
                ? SqlFailure.isAboutTheData(failure)
                : failure instanceof RuntimeException;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
