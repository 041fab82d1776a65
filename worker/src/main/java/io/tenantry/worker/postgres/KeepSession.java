package io.tenantry.worker.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * Keeps the pool from closing a session under the work because of a SQLSTATE: a script may raise any, those of lost
 * connections included. What the server says leaves the session as it is, or ends it, which the next use shows; only what
 * the driver says itself, as of a broken socket, is the pool's business.
 */
final class KeepSession implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        return failure instanceof PSQLException spoken && spoken.getServerErrorMessage() != null
                ? SQLExceptionOverride.Override.DO_NOT_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
