package io.tenantry.worker.stack;

import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Holds the stack that all tests of a JVM share, and closes it when the test run ends. The JUnit platform finds this
 * class through {@code META-INF/services}.
 */
public final class SharedStack implements LauncherSessionListener {
    private static @Nullable DevStack stack;

    static synchronized DevStack get() {
        DevStack current = stack;
        if (current == null) {
            current = DevStack.start();
            stack = current;
        }
        return current;
    }

    private static synchronized void close() {
        if (stack != null) {
            stack.close();
            stack = null;
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        close();
    }
}
