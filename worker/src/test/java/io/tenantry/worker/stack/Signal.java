package io.tenantry.worker.stack;

import java.io.IOException;

/** The signals that tests send to processes of this machine. */
public enum Signal {
    INT,
    TERM,
    QUIT,
    KILL,
    STOP,
    CONT;

    /** Sends this signal; a process that is already gone is no error. */
    public void sendTo(long pid) {
        try {
            new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("cannot send SIG" + name() + " to process " + pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
