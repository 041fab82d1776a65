package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.operator.OperationFailedException;

/** An option names a version that the migrations do not have, as is known only after they were read. The message is for people. */
public final class UnknownVersionException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    UnknownVersionException(String message) {
        super(message);
    }
}
