package io.tenantry.worker.operator;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.registry.Registry;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one command reaches its deployment. The registry is opened when it is first needed; the form of its tables is
 * never changed. For one thread.
 */
public final class Access implements AutoCloseable {
    /** A command does one thing after another. */
    private static final int CONNECTIONS = 2;

    private static final String NO_RIGHT = "42501";
    /** SQLSTATE classes: wrong role or password, no such database. */
    private static final List<String> NO_LOGIN = List.of("28", "3D");

    private final Settings settings;
    private final KafkaClients kafka;
    private final Interruption interruption;
    private @Nullable Registry registry;
    /** Its tables were found to be those of this release. */
    private boolean usable;

    /** Connects to nothing yet. */
    public Access(Settings settings, Interruption interruption) {
        this.settings = settings;
        this.interruption = interruption;
        this.kafka = new KafkaClients(settings.kafka());
    }

    public Settings settings() {
        return settings;
    }

    /** Makes Kafka's clients. */
    public KafkaClients kafka() {
        return kafka;
    }

    /** Whether the command shall end. */
    public Interruption interruption() {
        return interruption;
    }

    /** How its sessions show in {@code pg_stat_activity}: {@code tenantry-cli user@pid}. */
    public static String applicationName() {
        return "tenantry-cli " + System.getProperty("user.name", "") + "@"
                + ProcessHandle.current().pid();
    }

    /** What is asked of the registry. */
    public interface RegistryWork<T> {
        T run(Registry registry) throws SQLException;
    }

    /**
     * Asks the registry.
     *
     * @throws OperationFailedException if it cannot be reached, has no tables or older ones, or refuses
     */
    public <T> T registry(RegistryWork<T> work) throws OperationFailedException {
        try {
            return work.run(opened());
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    private OperationFailedException failed(SQLException failure) {
        return new OperationFailedException(
                "the registry cannot be asked: " + FailureMessage.of(failure) + advice(failure), failure);
    }

    private String advice(SQLException failure) {
        @Nullable SQLException cause = SqlFailure.sqlCause(failure);
        String state = String.valueOf(cause == null ? null : cause.getSQLState());
        if (state.equals(NO_RIGHT)) {
            return "; grant the role of registry.user (" + settings.registry().user()
                    + ") the rights on schema tenantry and its tables";
        }
        boolean noConnection = SqlFailure.of(failure) == SqlFailure.SERVER_AWAY
                || NO_LOGIN.stream().anyMatch(state::startsWith);
        return noConnection
                ? "; check registry.url (" + settings.registry().url()
                        + "), registry.user and registry.password, and that PostgreSQL runs there"
                : "; the registry is " + settings.registry().url();
    }

    /**
     * Why this release cannot use the registry's tables as they are; empty if it can.
     *
     * @throws OperationFailedException if it cannot be reached, or refuses
     */
    public Optional<String> outdatedRegistry() throws OperationFailedException {
        try {
            return made().whyOutdated();
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    private Registry opened() throws SQLException, OperationFailedException {
        Registry opened = made();
        Optional<String> outdated = !usable ? opened.whyOutdated() : Optional.empty();
        if (outdated.isPresent()) {
            throw new OperationFailedException("the registry at "
                    + settings.registry().url() + " cannot be used by this release: " + outdated.get()
                    + "; start a worker of this release first (`tenantry run`), which brings the tables up to date");
        }
        usable = true;
        return opened;
    }

    /** Closed with the command, whatever is found there. */
    private Registry made() {
        Registry known = registry;
        if (known == null) {
            RegistrySettings configured = settings.registry();
            known = new Registry(
                    new RegistrySettings(
                            configured.url(),
                            configured.user(),
                            configured.password(),
                            CONNECTIONS,
                            configured.ledgerRetention()),
                    applicationName());
            registry = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (registry != null) {
            registry.close();
        }
    }
}
