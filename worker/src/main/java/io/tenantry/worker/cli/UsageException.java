package io.tenantry.worker.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The options of a command cannot be used as they are given. */
public final class UsageException extends ParameterException {
    private static final long serialVersionUID = 1L;

    UsageException(CommandLine line, String message) {
        super(line, message);
    }
}
