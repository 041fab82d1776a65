package io.tenantry.worker.engine.history;

import java.sql.SQLException;

/** Another worker or session does what only one may do at a time. Nothing has failed; try again later. */
public final class BusyException extends SQLException {
    private static final long serialVersionUID = 1L;

    /** What others do. */
    public enum Kind {
        /** They run a script outside a transaction in the same database. */
        OUTSIDE_TRANSACTION,
        /** They work on the same home. */
        HOME,
        /** They receive so much from scripts that there is no memory for more. */
        RECEIVING
    }

    private final Kind kind;

    public BusyException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What others do. */
    public Kind kind() {
        return kind;
    }
}
