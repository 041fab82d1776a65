package io.tenantry.worker.intake.offsets;

import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the parts of a callback of the consumer, so that each is done whatever the others throw. The client would wrap an
 * exception; it has changed the assignment nevertheless, and does not call again. For the poll thread alone.
 */
public final class CallbackParts {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackParts.class);

    private @Nullable RuntimeException thrown;

    public void run(Runnable part) {
        try {
            part.run();
        } catch (InterruptException stop) {
            throw stop;
        } catch (RuntimeException failure) {
            LOG.warn("a part of assigning or revoking partitions failed; the other parts are done", failure);
            thrown = thrown == null ? failure : thrown;
        }
    }

    /** Runs what only metrics need. A failure is logged, and has no other consequence. */
    public static void measure(Runnable part) {
        try {
            part.run();
        } catch (InterruptException stop) {
            throw stop;
        } catch (RuntimeException bug) {
            LOG.error(
                    "a bug: a metric of the assigned partitions could not be changed; it may be wrong until the next"
                            + " assignment",
                    bug);
        }
    }

    /** The first failure since the last call; null if there was none. */
    public @Nullable RuntimeException takeThrown() {
        RuntimeException failure = thrown;
        thrown = null;
        return failure;
    }
}
