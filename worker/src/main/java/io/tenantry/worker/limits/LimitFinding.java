package io.tenantry.worker.limits;

import org.jspecify.annotations.Nullable;

/**
 * One limit, and how near it is.
 *
 * @param server its name in the configuration
 * @param database the named database; null if it is about the server
 * @param check the stable name of the check
 * @param measured what there is, as words
 * @param limit what there may be, as words; null if nothing is configured
 * @param whatToDo one sentence for the operator; null if there is nothing to do
 */
public record LimitFinding(
        String server,
        @Nullable String database,
        String check,
        Level level,
        String measured,
        @Nullable String limit,
        @Nullable String whatToDo) {
    /** How serious it is. */
    public enum Level {
        OK,
        WARN,
        /** It could not be measured. */
        UNKNOWN
    }

    /** The server does not answer, so nothing can be measured there. */
    public static LimitFinding silent(String server, String reason) {
        return new LimitFinding(
                server,
                null,
                "server",
                Level.UNKNOWN,
                "does not answer: " + reason,
                null,
                "bring it back, then ask again");
    }

    static LimitFinding unknown(String server, String check, String reason, String whatToDo) {
        return new LimitFinding(server, null, check, Level.UNKNOWN, "not measured: " + reason, null, whatToDo);
    }

    static LimitFinding ok(String server, String check, String measured, @Nullable String limit) {
        return new LimitFinding(server, null, check, Level.OK, measured, limit, null);
    }

    static LimitFinding warn(String server, String check, String measured, @Nullable String limit, String whatToDo) {
        return new LimitFinding(server, null, check, Level.WARN, measured, limit, whatToDo);
    }
}
