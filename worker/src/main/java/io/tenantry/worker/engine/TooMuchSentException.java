package io.tenantry.worker.engine;

import java.sql.SQLTransientException;

/**
 * A script sent more than this worker receives, and the connection is broken. Whether the script was committed is unknown:
 * a later look at the history says so.
 */
final class TooMuchSentException extends SQLTransientException {
    private static final long serialVersionUID = 1L;

    /** @param failure as the driver tells it; not as the cause, since by its SQLSTATE the server would be away */
    TooMuchSentException(String message, Exception failure) {
        super(message);
        addSuppressed(failure);
    }
}
