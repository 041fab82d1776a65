package io.tenantry.worker.cli;

/** The exit statuses of all commands; scripts depend on them. */
public final class ExitStatus {
    public static final int DONE = 0;
    /** The command could not do what it was asked for, or what it watched has failed or was halted. */
    public static final int FAILED = 1;
    /** Wrong options, or settings that cannot be used; a worker that cannot start. */
    public static final int UNUSABLE = 2;
    /** Nobody reads the output any more, as with {@code | head}: what a shell shows for a process that SIGPIPE ended. */
    public static final int OUTPUT_CLOSED = 141;

    private ExitStatus() {}
}
