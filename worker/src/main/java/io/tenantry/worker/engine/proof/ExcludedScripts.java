package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.TooMuchSentException;
import java.util.HashMap;
import java.util.Map;

/**
 * Scripts that sent too much in a trial and so ended the trial's session. The next trial ends before them. For one
 * verification, by one thread.
 */
final class ExcludedScripts {
    private final Map<String, String> scripts = new HashMap<>();
    private final Map<String, String> withRows = new HashMap<>();

    /**
     * Adds the script that sent too much.
     *
     * @return false if the script is unknown or was already excluded, so that another trial would end in the same way
     */
    boolean add(TooMuchSentException failure) {
        return !failure.script().isEmpty()
                && (failure.isWithRows() ? withRows : scripts)
                                .putIfAbsent(failure.script(), String.valueOf(failure.getMessage()))
                        == null;
    }

    /** The reasons, by the names of scripts that are not tried at all. */
    Map<String, String> scripts() {
        return scripts;
    }

    /** The reasons, by the names of scripts that are not tried with sample rows. */
    Map<String, String> withRows() {
        return withRows;
    }
}
