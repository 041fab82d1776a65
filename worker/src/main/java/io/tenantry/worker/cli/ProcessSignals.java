package io.tenantry.worker.cli;

import io.tenantry.worker.operator.Interruption;

/** The signals that ask a process to end. */
public interface ProcessSignals {
    /** None reaches a command: each ends the process. */
    ProcessSignals NONE = interruption -> () -> {};

    /** Gives signals to this interruption in place of the JVM, until what is returned is run. */
    Runnable deliverTo(Interruption interruption);
}
