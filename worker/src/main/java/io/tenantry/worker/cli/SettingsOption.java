package io.tenantry.worker.cli;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.config.read.SettingsReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --config}. */
public final class SettingsOption {
    static final String DEFAULT = "tenantry.yaml";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = DEFAULT,
            description = "The settings (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path config;

    /** The file. */
    public Path file() {
        return config;
    }

    /** Reads the settings from the file, the environment and system properties. */
    public Settings read(Environment environment) throws InvalidSettingsException {
        return SettingsReader.read(config, environment.variables(), environment.properties());
    }

    /** The same; settings of Kafka and the registry may be missing. */
    Settings readForServers(Environment environment) throws InvalidSettingsException {
        return SettingsReader.readForServers(config, environment.variables(), environment.properties());
    }
}
