package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process ignores, its children ignore too, and a JVM then takes no such signal. A shell lets what it starts in the
 * background ignore SIGINT, so a build there would run its tests with children that cannot be interrupted.
 */
final class IgnoredSignals {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String IGNORED = "SigIgn:";
    /** Bits of SIGHUP (1), SIGINT (2) and SIGTERM (15). */
    private static final long ENDING = 1 | 1 << 1 | 1 << 14;

    private IgnoredSignals() {}

    /** The begin of a command whose process takes the signals that end it; empty if this process takes them. */
    static List<String> restored() {
        return ignored() ? List.of("env", "--default-signal=HUP,INT,TERM") : List.of();
    }

    private static boolean ignored() {
        if (!Files.exists(STATUS)) {
            return false;
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(IGNORED))
                    .map(line -> line.substring(IGNORED.length()).strip())
                    .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & ENDING) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
