package io.tenantry.worker.operator.home;

import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import java.sql.SQLException;
import java.util.Optional;

/** Tells a server that cannot be used from migrations that cannot: a wrong password is no fault of a script. */
public final class ServerReach {
    private ServerReach() {}

    /**
     * Opens a session outside of the pool, which would try for seconds, and ends it. The caller has no connection of the
     * server open.
     *
     * @return why the server takes no writes; empty if it does
     * @throws OperationFailedException if there is none; the message has the reason and the settings to check
     */
    public static Optional<String> require(Server server) throws OperationFailedException {
        try {
            return server.whyReadOnly();
        } catch (SQLException failure) {
            throw new OperationFailedException(
                    "server " + server.name() + " cannot be used: " + FailureMessage.of(first(failure))
                            + "; check servers." + server.name() + ".url, user and password",
                    failure);
        }
    }

    /** What the driver said: the pool only adds how long it has tried. */
    private static SQLException first(SQLException failure) {
        SQLException first = failure;
        for (Throwable cause = failure.getCause(); cause instanceof SQLException earlier; cause = cause.getCause()) {
            first = earlier;
        }
        return first;
    }
}
