package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.TooMuchSentException;
import java.util.HashMap;
import java.util.Map;

/**
 * Scripts that sent too much in a trial, which ended the trial's session. The next trial stops before them. For one
 * start, by one thread.
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
