package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** One reading of settings, with its file, environment and system properties. */
final class Reading {
    static final String MINIMAL = """
            kafka:
              bootstrap-servers: kafka:9092
            registry:
              url: jdbc:postgresql://db/tenantry
              user: tenantry
            servers:
              main:
                url: jdbc:postgresql://db/app
                user: app
            databases:
              users:
                server: main
                location: tenant_{tenant}
                migrations: filesystem:migrations/users
            """;

    private final Path file;
    private final Map<String, String> environment = new HashMap<>();
    private final Properties systemProperties = new Properties();

    Reading(Path folder, String yaml) {
        this.file = folder.resolve("tenantry.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The smallest file with one piece of it replaced. */
    static Reading of(Path folder, String piece, String replacement) {
        assertThat(MINIMAL).contains(piece);
        return new Reading(folder, MINIMAL.replace(piece, replacement));
    }

    /** The smallest file with something at its end. */
    static Reading with(Path folder, String more) {
        return new Reading(folder, MINIMAL + more);
    }

    Reading environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Reading property(String name, String value) {
        systemProperties.setProperty(name, value);
        return this;
    }

    Settings settings() throws InvalidSettingsException {
        return SettingsReader.read(file, environment, systemProperties);
    }

    ServerSettings mainServer() throws InvalidSettingsException {
        return Objects.requireNonNull(settings().servers().get("main"));
    }

    /** In clear. */
    String mainPassword() throws InvalidSettingsException {
        return mainServer().password().reveal();
    }

    List<String> faults() {
        InvalidSettingsException exception =
                catchThrowableOfType(InvalidSettingsException.class, () -> this.settings());
        assertThat(exception).as("faults").isNotNull();
        assertThat(Objects.requireNonNull(exception.getMessage()).lines().toList())
                .isEqualTo(exception.faults());
        return exception.faults();
    }

    String onlyFault() {
        List<String> faults = faults();
        assertThat(faults).hasSize(1);
        return faults.get(0);
    }

    /** The one fault of a file that is no settings at all, without the file's name. */
    String onlyFaultOfTheFile() {
        String fault = onlyFault();
        assertThat(fault).startsWith(file + ": ");
        return fault.substring((file + ": ").length());
    }
}
