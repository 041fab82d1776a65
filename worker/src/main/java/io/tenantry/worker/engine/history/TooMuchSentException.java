package io.tenantry.worker.engine.history;

import java.sql.SQLTransientException;

/**
 * A script sent more than this worker accepts, and the connection is broken. Whether the script was committed is
 * unknown; the history shows it later.
 */
public final class TooMuchSentException extends SQLTransientException {
    private static final long serialVersionUID = 1L;

    private final String script;
    private final boolean withRows;

    /**
     * For one script, or several in one message.
     *
     * @param script its name; empty if it is none, or not known
     * @param failure as the driver tells it; not as the cause, since by its SQLSTATE the server would be away
     */
    public TooMuchSentException(String script, String message, Exception failure) {
        this(script, message, false);
        addSuppressed(failure);
    }

    private TooMuchSentException(String script, String message, boolean withRows) {
        super(message);
        this.script = script;
        this.withRows = withRows;
    }

    /** The same in a trial with sample rows. */
    public TooMuchSentException withSampleRows() {
        TooMuchSentException same = new TooMuchSentException(script, String.valueOf(getMessage()), true);
        same.addSuppressed(this);
        return same;
    }

    /** Whether it happened with sample rows, without which the script had been tried. */
    public boolean isWithRows() {
        return withRows;
    }

    /** Which script; empty if it is none, or not known. */
    public String script() {
        return script;
    }
}
