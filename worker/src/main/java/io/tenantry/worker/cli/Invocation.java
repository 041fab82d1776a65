package io.tenantry.worker.cli;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import org.jspecify.annotations.Nullable;

/**
 * One run of a command: its settings, its way to the deployment, and its output. Settings are read, and connections
 * opened, when they are first asked for. For one thread.
 */
public final class Invocation implements AutoCloseable {
    private final SettingsOption option;
    private final Environment environment;
    private final Output output;
    private final Interruption interruption;
    private @Nullable Settings settings;
    private @Nullable Access access;

    Invocation(SettingsOption option, Environment environment, Output output) {
        this.option = option;
        this.environment = environment;
        this.output = output;
        this.interruption = new Interruption(environment.signals()::deliverTo);
    }

    /** What surrounds the command. */
    public Environment environment() {
        return environment;
    }

    public Output output() {
        return output;
    }

    /** The settings of {@code --config}, read once. */
    public Settings settings() throws InvalidSettingsException {
        Settings known = settings;
        if (known == null) {
            known = option.read(environment);
            settings = known;
        }
        return known;
    }

    /** The same for a command that needs neither Kafka nor the registry: their settings may be missing, and are empty then. */
    public Settings settingsOfServers() throws InvalidSettingsException {
        return option.readForServers(environment);
    }

    /** Servers, and the registry if there is one, of other settings than {@link #settings}; closed after the command. */
    public Access accessOf(Settings other) {
        access = new Access(other, interruption);
        return access;
    }

    /** Writes the commands that an operator may want next, with the settings of this one. */
    public NextCommand next() {
        return NextCommand.with(option.file());
    }

    /** The registry and Kafka of the settings; closed after the command. */
    public Access access() throws InvalidSettingsException {
        Access open = access;
        if (open == null) {
            open = new Access(settings(), interruption);
            access = open;
        }
        return open;
    }

    @Override
    public void close() {
        try (interruption) {
            if (access != null) {
                access.close();
            }
        }
    }
}
