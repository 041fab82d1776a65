package io.tenantry.worker.operator;

/** A signal has ended the command before it was done. The message is for people: what was done, what was not, what to do. */
public final class CommandInterruptedException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    private final int status;

    CommandInterruptedException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** The exit status that a shell shows for a process that the signal has ended. */
    public int status() {
        return status;
    }
}
