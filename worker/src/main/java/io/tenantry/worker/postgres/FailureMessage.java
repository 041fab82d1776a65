package io.tenantry.worker.postgres;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What a failure says to people. */
public final class FailureMessage {
    private static final int CAUSES = 5;

    private FailureMessage() {}

    /** The messages of the chain of causes in one line: a pool's own message does not give the reason. */
    public static String of(Throwable failure) {
        Set<String> messages = new LinkedHashSet<>();
        Throwable current = failure;
        for (int depth = 0; current != null && depth < CAUSES; depth++) {
            messages.add(String.valueOf(current.getMessage())
                    .lines()
                    .map(String::strip)
                    .collect(Collectors.joining(" ")));
            current = current.getCause();
        }
        return String.join(": ", messages);
    }
}
