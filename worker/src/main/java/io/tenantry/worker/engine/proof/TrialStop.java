package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.home.HomeSession;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Ends trials before their time: the statement that runs is cancelled, no other one is begun, and what was made for the trial is
 * dropped. Safe for use by many threads.
 */
public final class TrialStop {
    /** query_canceled. */
    private static final String CANCELED = "57014";

    private boolean requested;
    private @Nullable HomeSession running;

    /** Ends the trial that runs, and those that would begin later. */
    public synchronized void request() {
        requested = true;
        HomeSession session = running;
        if (session != null) {
            try {
                session.cancel();
            } catch (SQLException unreachable) {
                // The statement ends by itself, and the trial after it.
            }
        }
    }

    /** Whether trials end. */
    public synchronized boolean isRequested() {
        return requested;
    }

    /** From now on statements of this session are cancelled. */
    synchronized void watch(HomeSession session) {
        running = session;
    }

    /** Nothing is cancelled any more, so that what was made can be dropped. */
    synchronized void forget() {
        running = null;
    }

    /** @throws SQLException if trials end */
    void check() throws SQLException {
        if (isRequested()) {
            throw new SQLException("the trial was stopped", CANCELED);
        }
    }
}
