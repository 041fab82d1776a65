package io.tenantry.worker.postgres.connection;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * Prevents the pool from closing a session during work because of a SQLSTATE: a script may raise any, including those
 * of lost connections. An error from the server leaves the session usable, or ends it, which the next statement shows.
 * Only the driver's own errors, such as a broken socket, are passed to the pool.
 */
final class KeepSession implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        return failure instanceof PSQLException spoken && spoken.getServerErrorMessage() != null
                ? SQLExceptionOverride.Override.DO_NOT_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
