package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Databases;
import io.tenantry.worker.postgres.TemporaryName;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An empty database for one trial, made of the server's default template. Closing it drops it, so no session may be connected
 * to it then. One connection of the server's pool at a time; for use by one thread.
 */
final class ScratchDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDatabase.class);
    private static final String PREFIX = "tenantry_scratch";
    private static final String COMMENT = "tenantry scratch";
    /** A trial takes about a minute at most. */
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);

    private final Server server;
    private final String name;

    private ScratchDatabase(Server server, String name) {
        this.server = server;
        this.name = name;
    }

    /** Creates it, and drops those that killed processes left. */
    static ScratchDatabase create(Server server) throws SQLException {
        try (Connection connection = server.connection()) {
            Databases databases = new Databases(connection);
            dropLeftovers(databases);
            String name = TemporaryName.next(PREFIX, Instant.now(), ThreadLocalRandom.current());
            databases.create(name, null);
            databases.comment(name, COMMENT);
            return new ScratchDatabase(server, name);
        }
    }

    private static void dropLeftovers(Databases databases) throws SQLException {
        Instant before = Instant.now().minus(LONGEST_LIFE);
        for (Databases.Found left : databases.startingWith(TemporaryName.prefix(PREFIX))) {
            if (TemporaryName.isOlder(PREFIX, left.name(), before)) {
                drop(databases, left.name());
            }
        }
    }

    private static void drop(Databases databases, String name) {
        try {
            databases.drop(name);
        } catch (SQLException failure) {
            LOG.debug("the scratch database {} could not be dropped; a later trial drops it", name, failure);
        }
    }

    Server server() {
        return server;
    }

    /** Its name on the server. */
    String name() {
        return name;
    }

    /** Drops it; never throws. */
    @Override
    public void close() {
        try (Connection connection = server.connection()) {
            drop(new Databases(connection), name);
        } catch (SQLException unreachable) {
            LOG.debug("the scratch database {} could not be dropped; a later trial drops it", name, unreachable);
        }
    }
}
