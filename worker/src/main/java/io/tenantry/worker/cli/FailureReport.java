package io.tenantry.worker.cli;

import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.CommandInterruptedException;
import io.tenantry.worker.operator.OperationFailedException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/**
 * Why a command ended without doing what it was asked for. With {@code --json} it is the last line of standard output.
 *
 * @param error usage, settings, failed, interrupted or bug
 * @param status the exit status
 * @param message in one line, for people
 * @param faults of the settings; null if they are not the cause
 */
record FailureReport(
        String error, int status, String message, @Nullable List<String> faults) {
    private static final String INTERRUPTED = "interrupted";

    /** Wrong options. */
    static FailureReport of(ParameterException failure) {
        return new FailureReport("usage", ExitStatus.UNUSABLE, String.valueOf(failure.getMessage()), null);
    }

    /**
     * What a command throws.
     *
     * @param next completes the commands that the message names
     */
    static FailureReport of(Exception failure, NextCommand next) {
        if (failure instanceof InvalidSettingsException invalid) {
            return new FailureReport(
                    "settings", ExitStatus.UNUSABLE, "the settings cannot be used:", List.copyOf(invalid.faults()));
        }
        String message = next.completed(String.valueOf(failure.getMessage()));
        if (failure instanceof CommandInterruptedException interrupted) {
            return new FailureReport(INTERRUPTED, interrupted.status(), message, null);
        }
        if (failure instanceof OperationFailedException) {
            return new FailureReport("failed", ExitStatus.FAILED, message, null);
        }
        StackTraceElement[] trace = failure.getStackTrace();
        return new FailureReport(
                "bug",
                ExitStatus.FAILED,
                "a bug ended this command: " + failure + (trace.length == 0 ? "" : " at " + trace[0])
                        + "; what it has written so far is true, what it was to do may be done in part; please report it",
                null);
    }

    /** On standard error for people and, if the user wants JSON, on standard output too. */
    void write(Output output) {
        if (error.equals(INTERRUPTED)) {
            // A terminal shows ^C where the cursor was.
            output.note("");
        }
        output.note("tenantry: " + message);
        if (faults != null) {
            faults.forEach(fault -> output.note("  " + fault));
        }
        if (output.isJson()) {
            output.json(this);
        }
    }
}
