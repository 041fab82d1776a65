package io.tenantry.worker.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Runs in a child process: hears what the parent says on standard input, and that the parent is gone. */
public final class ParentWatch {
    private ParentWatch() {}

    /** Calls back on a daemon thread of its own: for every line, then once when the input ends. */
    public static void start(Consumer<String> onLine, Runnable onGone) {
        Thread thread = new Thread(() -> listen(onLine, onGone), "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private static void listen(Consumer<String> onLine, Runnable onGone) {
        try (BufferedReader parent = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = parent.readLine(); line != null; line = parent.readLine()) {
                onLine.accept(line);
            }
        } catch (IOException broken) {
            System.err.println("standard input broke, the parent counts as gone: " + broken);
        } finally {
            onGone.run();
        }
    }
}
