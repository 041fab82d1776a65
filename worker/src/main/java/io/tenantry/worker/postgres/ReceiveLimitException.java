package io.tenantry.worker.postgres;

import java.io.IOException;

/** This worker has stopped reading what a script sends: the server is not at fault, and is not away. */
public final class ReceiveLimitException extends IOException {
    private static final long serialVersionUID = 1L;

    ReceiveLimitException(String message) {
        super(message);
    }
}
