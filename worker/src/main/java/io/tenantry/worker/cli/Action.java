package io.tenantry.worker.cli;

import io.tenantry.worker.config.Settings;

/** What a command does when its settings are read. */
public interface Action {
    /** Faults that keep a worker from starting: in the settings, or found by the checks at the start. */
    int UNUSABLE = 2;

    /** Returns the exit status. */
    int run(Settings settings) throws Exception;
}
