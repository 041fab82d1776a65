package io.tenantry.worker.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Reads {@link Settings}: system properties over environment variables over the file over the defaults. */
public final class SettingsReader {
    private SettingsReader() {}

    /**
     * Reads and checks everything.
     *
     * @param yaml the settings file
     * @param environment the environment variables
     * @param systemProperties of which {@code tenantry.*} override the file
     * @throws InvalidSettingsException with every fault that was found
     */
    public static Settings read(Path yaml, Map<String, String> environment, Properties systemProperties)
            throws InvalidSettingsException {
        if (Files.notExists(yaml)) {
            throw new InvalidSettingsException(List.of(yaml + ": not found"));
        }
        throw new UnsupportedOperationException("not read yet");
    }
}
