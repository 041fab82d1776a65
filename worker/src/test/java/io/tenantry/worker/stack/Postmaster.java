package io.tenantry.worker.stack;

import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** The main process of a PostgreSQL server, known by the file postmaster.pid that it keeps in its data folder. */
record Postmaster(Path data) {
    private static final Duration ORDERLY = Duration.ofSeconds(20);
    private static final Duration KILLED = Duration.ofSeconds(10);

    /** Empty when no server runs on the data folder. */
    OptionalLong pid() {
        try {
            List<String> lines = Files.readAllLines(pidFile());
            return lines.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(lines.get(0).strip()));
        } catch (NoSuchFileException stopped) {
            return OptionalLong.empty();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + pidFile(), e);
        }
    }

    /** Stops the server, by SIGKILL when it does not stop in time; returns when it is gone. */
    void stop(ShutdownMode mode) {
        OptionalLong pid = pid();
        if (pid.isEmpty()) {
            return;
        }
        mode.signal().sendTo(pid.getAsLong());
        try {
            Await.until(ORDERLY, "PostgreSQL stops", () -> isGone(pid.getAsLong()));
        } catch (AssertionError late) {
            System.err.println(late.getMessage() + "; killing process " + pid.getAsLong());
            Signal.KILL.sendTo(pid.getAsLong());
            Await.until(KILLED, "PostgreSQL is killed", () -> isGone(pid.getAsLong()));
        }
    }

    private boolean isGone(long pid) {
        return !Files.exists(pidFile())
                || ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }
}
