package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.TooMuchSentException;
import java.util.HashMap;
import java.util.Map;

/**
 * Scripts that sent more than is received when they were tried, which ended the session of the trial: the next trial ends
 * before them. For one start, by one thread.
 */
final class ExcludedScripts {
    private final Map<String, String> scripts = new HashMap<>();
    private final Map<String, String> withRows = new HashMap<>();

    /**
     * Remembers it.
     *
     * @return false if nothing new is known, so that another trial would end as this one
     */
    boolean add(TooMuchSentException failure) {
        return !failure.script().isEmpty()
                && (failure.isWithRows() ? withRows : scripts)
                                .putIfAbsent(failure.script(), String.valueOf(failure.getMessage()))
                        == null;
    }

    /** Why they are not tried, by the names of the files. */
    Map<String, String> scripts() {
        return scripts;
    }

    /** Why they are not tried with sample rows. */
    Map<String, String> withRows() {
        return withRows;
    }
}
