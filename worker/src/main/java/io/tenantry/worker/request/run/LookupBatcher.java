package io.tenantry.worker.request.run;

import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.request.Request;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Looks up many requests in the registry with one query. A batch contains the requests that arrived during the previous
 * query. It has one thread of its own, so waiting requests hold none.
 */
public final class LookupBatcher implements AutoCloseable {
    private static final int LARGEST_BATCH = 500;

    private record Asked(LookUp wanted, CompletableFuture<TenantRecord> answer) {}

    /** {@link Registry#lookUp}. */
    interface Lookup {
        List<TenantRecord> of(List<LookUp> wanted) throws SQLException;
    }

    private final Lookup registry;
    private final BlockingQueue<Asked> incoming = new LinkedBlockingQueue<>();
    private final Thread thread;

    public LookupBatcher(Registry registry) {
        this(registry::lookUp);
    }

    LookupBatcher(Lookup registry) {
        this.registry = registry;
        this.thread = new Thread(this::run, "look-ups");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /**
     * Returns at once; the answer fails with an {@link SQLException} if the registry does not answer.
     *
     * @param ofRollout whether a rollout sent the request, and may have been halted since
     */
    CompletableFuture<TenantRecord> ask(Request request, boolean ofRollout) {
        @Nullable String tenant = request.data().tenant();
        LookUp wanted = new LookUp(request.ref(), tenant, tenant == null ? request.key() : null, ofRollout);
        Asked asked = new Asked(wanted, new CompletableFuture<>());
        incoming.add(asked);
        return asked.answer();
    }

    private void run() {
        List<Asked> batch = new ArrayList<>();
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

    private void answer(List<Asked> batch) {
        try {
            List<TenantRecord> found =
                    registry.of(batch.stream().map(Asked::wanted).toList());
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
