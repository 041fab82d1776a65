package io.tenantry.contracts;

/**
 * A record that is not an event of Tenantry. The message is for the producer's author: what, the value, what is
 * expected. It is on one line and short, whatever the record held.
 */
public final class InvalidEventException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidEventException(String message) {
        super(message);
    }

    InvalidEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
