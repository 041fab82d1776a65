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
    /** From its creation until a session is connected to it, which takes a moment. */
    private static final Duration LONGEST_BEFORE_USE = Duration.ofMinutes(10);

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
            return new ScratchDatabase(server, name);
        }
    }

    /** Drops those that had a session and have none any more, and old ones to which none has ever come. */
    private static void dropLeftovers(Databases databases) throws SQLException {
        Instant before = Instant.now().minus(LONGEST_BEFORE_USE);
        for (Databases.Found left : databases.startingWith(TemporaryName.prefix(PREFIX))) {
            boolean isUnused = left.comment() == null && !TemporaryName.isOlder(PREFIX, left.name(), before);
            if (!isUnused && !databases.isInUse(left.name())) {
                drop(databases, left.name());
            }
        }
    }

    /** A trial has a session in it from now on. When that has ended, anybody may drop the database. */
    void isUsedBy(Connection connection) throws SQLException {
        new Databases(connection).comment(name, COMMENT);
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
