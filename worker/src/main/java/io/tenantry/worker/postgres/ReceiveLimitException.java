package io.tenantry.worker.postgres;

import java.io.IOException;

/** This worker stopped reading a script's output. The server is neither at fault nor away. */
public final class ReceiveLimitException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message for people: what happened, and what to do */
    public ReceiveLimitException(String message) {
        super(message);
    }
}
