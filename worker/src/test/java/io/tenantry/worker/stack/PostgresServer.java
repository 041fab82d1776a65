package io.tenantry.worker.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** One PostgreSQL server with one address for its whole life, which tests may stop and start again. */
public interface PostgresServer extends AutoCloseable {

    /** How the server ends, named as in pg_ctl: https://www.postgresql.org/docs/18/server-shutdown.html */
    enum ShutdownMode {
        /** Ends every connection, writes a checkpoint, then stops. */
        FAST(Signal.INT),
        /** Stops at once, as a crash does; the next start recovers from the log. */
        IMMEDIATE(Signal.QUIT);

        private final Signal signal;

        ShutdownMode(Signal signal) {
            this.signal = signal;
        }

        Signal signal() {
            return signal;
        }
    }

    /**
     * Starts a server of the kind that this run uses, and waits until it answers.
     *
     * @param serverConfig settings that are added to those of {@link ServerConfig}, or replace them
     */
    static PostgresServer start(Map<String, String> serverConfig) {
        return ServerKind.selected().startPostgres(serverConfig);
    }

    String host();

    int port();

    /** A superuser. */
    default String user() {
        return "postgres";
    }

    default String password() {
        return "postgres";
    }

    /** The URL without user and password. */
    default String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /** A new connection of the superuser. */
    default Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), user(), password());
    }

    /**
     * Creates empty databases; any name will do, it is quoted. Copying files costs half of what it costs to write every
     * page to the log, as long as a checkpoint writes to memory.
     */
    default void createDatabases(String... names) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String name : names) {
                statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(name, true) + " STRATEGY FILE_COPY");
            }
        }
    }

    /** The same for one. */
    default void createDatabase(String name) throws SQLException {
        createDatabases(name);
    }

    /** Creates a copy of a database that nobody is connected to. */
    default void copyDatabase(String from, String name) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(name, true) + " TEMPLATE "
                    + statement.enquoteIdentifier(from, true) + " STRATEGY FILE_COPY");
        }
    }

    /** Stops the server; its data stays. */
    void stop(ShutdownMode mode);

    /** Starts the stopped server on its data and its address, and waits until it answers. */
    void startAgain();

    default void restart(ShutdownMode mode) {
        stop(mode);
        startAgain();
    }

    /** The processes of this machine that hold the server; empty when it runs in a container. */
    List<Long> pids();

    /** Stops the server and deletes its data; safe to call twice. */
    @Override
    void close();
}
