package io.tenantry.worker.engine.template;

import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.flyway.ScriptIsolation;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.postgres.Databases;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.TemporaryName;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A template database under construction, with a unique temporary name. Closing it drops it, unless it has become the
 * template. One connection at a time; for use by one thread.
 */
final class TemplateDraft implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateDraft.class);
    private static final String MARK = "tenantry template";
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";
    /** connection_failure. */
    private static final String CONNECTION_LOST = "08006";

    private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);

    private final Server server;
    private final String template;
    private final String temporary;
    private boolean finished;

    private TemplateDraft(Server server, String template, String temporary) {
        this.server = server;
        this.template = template;
        this.temporary = temporary;
    }

    /** Creates an empty draft; empty if the template exists. */
    static Optional<TemplateDraft> begin(Server server, String template) throws SQLException {
        try (Connection connection = server.connection()) {
            Databases databases = new Databases(connection);
            Optional<Databases.Found> state = databases.find(template);
            if (state.isPresent()) {
                if (state.get().frozen()) {
                    return Optional.empty();
                }
                // A worker began to drop it.
                databases.drop(template);
            }
            String temporary = TemporaryName.next(template, Instant.now(), ThreadLocalRandom.current());
            databases.create(temporary, null);
            return Optional.of(new TemplateDraft(server, template, temporary));
        }
    }

    /**
     * Applies all migrations.
     *
     * @return the rows that they have left; empty if this role may not see all of them (FORCE ROW LEVEL SECURITY)
     * @throws MigrationsRefusedException if they cannot be applied to an empty database
     */
    Optional<SeedRows> migrate(MigrationCatalog catalog) throws SQLException {
        try (Connection connection = server.connect(temporary)) {
            Sql.execute(connection, "SET idle_session_timeout = " + LONGEST_IDLE.toMillis());
            TenantHome draft = TenantHome.inDatabase(null, catalog.database(), server.name(), temporary);
            migrate(FlywayEngine.configure(catalog.sources(), connection, draft), connection);
            return seedRows(connection);
        }
    }

    private void migrate(FluentConfiguration flyway, Connection connection) throws SQLException {
        try (ReceiveLimit limit = server.limit(connection)) {
            try {
                flyway.callbacks(new ScriptIsolation(limit)).load().migrate();
            } catch (FlywayException failure) {
                throw refusal(failure, limit, connection);
            }
        }
    }

    /** Distinguishes migrations that cannot be applied from a session that has ended. */
    private static MigrationsRefusedException refusal(
            FlywayException failure, ReceiveLimit limit, Connection connection) throws SQLException {
        if (limit.exceeded()) {
            return new MigrationsRefusedException(limit.script() + ": " + limit.explanation());
        }
        if (!FailureKind.isSound(connection)) {
            throw new SQLException(
                    "the session ended while its migrations ran: " + FailureKind.firstLines(failure.getMessage()),
                    CONNECTION_LOST,
                    failure);
        }
        return new MigrationsRefusedException(failure);
    }

    private static Optional<SeedRows> seedRows(Connection connection) throws SQLException {
        try {
            return Optional.of(SeedRows.of(connection));
        } catch (SQLException failure) {
            if (NO_RIGHT.equals(failure.getSQLState())) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Whether a copy would have everything that it has. */
    boolean isCopiedWhole() throws SQLException {
        try (Connection connection = server.connection()) {
            return new Databases(connection).isCopiedWhole(temporary);
        }
    }

    /** Turns it into the template; false if another worker was faster. */
    boolean finish() throws SQLException {
        try (Connection connection = server.connection()) {
            finished = new Databases(connection).freeze(temporary, template, MARK);
            return finished;
        }
    }

    @Override
    public void close() {
        if (finished) {
            return;
        }
        try (Connection connection = server.connection()) {
            new Databases(connection).drop(temporary);
        } catch (SQLException failure) {
            LOG.debug("the unfinished template {} could not be dropped; it is dropped later", temporary, failure);
        }
    }
}
