package io.tenantry.worker.cli;

/** Nobody reads standard output any more: the command ends at once, and says nothing. */
public final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputClosedException() {
        super("standard output was closed");
    }
}
