package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ResultError;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/** A script failed and was rolled back. Whether another attempt can help needs a further check. */
public final class ScriptFailure extends SQLTransientException {
    private static final long serialVersionUID = 1L;

    /** What decides whether it is tried again. */
    public enum Kind {
        /** Another session was in the way: try again, so many times. */
        IN_THE_WAY,
        /** The server has no room, memory or locks left: wait if it says that it takes no writes, else try again, so many times. */
        NO_ROOM,
        /** The session could not write when it began: wait if a new one cannot either, else try again, so many times. */
        READ_ONLY_SESSION,
        /** The script could not write in a session that could: wait if a new one cannot, else the script is at fault. */
        READ_ONLY_SCRIPT,
        /** The session ended: wait if a new one cannot be opened, else try again, so many times. */
        SESSION_ENDED
    }

    private final Kind kind;
    private final transient ResultError error;

    /**
     * For a script whose work is rolled back.
     *
     * @param cause what PostgreSQL or the driver said
     */
    public ScriptFailure(Kind kind, ResultError error, @Nullable SQLException cause) {
        super(error.message(), error.sqlState(), cause);
        this.kind = kind;
        this.error = error;
    }

    /** What decides. */
    public Kind kind() {
        return kind;
    }

    /** What is said of it if there is no further try. */
    public ResultError error() {
        return error;
    }
}
