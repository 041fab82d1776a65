package io.tenantry.worker.engine;

import java.sql.SQLException;

/** Somebody else does what only one may do at a time: come back later; nothing has failed. */
public final class BusyException extends SQLException {
    private static final long serialVersionUID = 1L;

    BusyException(String message) {
        super(message);
    }
}
