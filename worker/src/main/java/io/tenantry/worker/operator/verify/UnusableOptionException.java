package io.tenantry.worker.operator.verify;

/** An option of the command, or the setting of a folder, cannot be used, as is known only after files or git were asked. The message is for people. */
public final class UnusableOptionException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableOptionException(String message) {
        super(message);
    }

    UnusableOptionException(String message, Exception cause) {
        super(message, cause);
    }
}
