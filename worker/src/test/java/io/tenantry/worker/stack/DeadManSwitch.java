package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Kills a process and deletes its folder when this JVM ends. A paused process cannot watch its parent by itself; a small shell does it
 * meanwhile.
 */
public final class DeadManSwitch {
    private static final String SCRIPT =
            "trap '' HUP INT TERM; read disarmed || { kill -KILL \"$0\"; rm -rf -- \"$1\"; }";

    private final Process shell;

    private DeadManSwitch(Process shell) {
        this.shell = shell;
    }

    /** From now on the end of this JVM is the end of that process and of that folder. */
    public static DeadManSwitch arm(long pid, Path folder) {
        try {
            return new DeadManSwitch(
                    new ProcessBuilder(List.of("sh", "-c", SCRIPT, Long.toString(pid), folder.toString()))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process can watch its parent by itself again. */
    public void disarm() {
        try (OutputStream input = shell.getOutputStream()) {
            input.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
