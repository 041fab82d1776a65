package io.tenantry.worker.operator;

import org.jspecify.annotations.Nullable;

/** What an operator asked for could not be done. The message is for people: what, where, the consequence, what to do. */
public class OperationFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public OperationFailedException(String message) {
        this(message, null);
    }

    public OperationFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
