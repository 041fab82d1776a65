package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;

/** A verb is refused, and changes nothing. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** @param reason for people: what, the value, the consequence, what to do */
    RefusedException(ErrorCode code, String reason) {
        super(reason);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
