package io.tenantry.worker.postgres.connection;

/**
 * Counts the bytes of a server's replies of which the driver keeps something: rows, notices, errors. The reply to a
 * statement that returns nothing, as {@code INSERT 0 1}, does not count: a script of very many statements is harmless.
 * With TLS the messages cannot be distinguished, and all bytes count. One for each connection, from its first byte on;
 * safe for use by many threads.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
final class ReplyFrames {
    /**
     * ParseComplete, BindComplete, CloseComplete, CommandComplete, EmptyQueryResponse, BackendKeyData, NoData,
     * PortalSuspended, ReadyForQuery.
     */
    private static final String NOT_KEPT = "123CIKnsZ";

    private static final int HEADER = 5;

    private boolean opening = true;
    private boolean encrypted;
    private int headerRead;
    private int length;
    private long left;
    private boolean counts;

    /** Whether the messages cannot be seen. */
    synchronized boolean isEncrypted() {
        return encrypted;
    }

    /** How many of the bytes that were read now count. */
    synchronized int count(byte[] buffer, int offset, int read) {
        int end = offset + read;
        int counted = 0;
        int at = offset;
        while (at < end) {
            if (encrypted) {
                return counted + end - at;
            }
            if (left > 0) {
                int body = (int) Math.min(left, end - at);
                left -= body;
                at += body;
                counted += counts ? body : 0;
            } else if (opening && isAnswerToEncryption(buffer[at])) {
                at++;
            } else {
                counted += header(buffer[at]);
                at++;
            }
        }
        return counted;
    }

    /**
     * The answer to a request for TLS or GSS encryption is a single byte; then comes the encrypted stream, or another
     * request.
     */
    private boolean isAnswerToEncryption(byte next) {
        encrypted = next == 'S' || next == 'G';
        opening = encrypted || next == 'N';
        return opening;
    }

    private int header(byte next) {
        if (headerRead == 0) {
            counts = NOT_KEPT.indexOf(next) < 0;
            length = 0;
        } else {
            length = length << 8 | (next & 0xff);
        }
        headerRead++;
        if (headerRead < HEADER) {
            return 0;
        }
        headerRead = 0;
        // The length counts itself.
        left = Math.max(0, length - (HEADER - 1));
        return counts ? HEADER : 0;
    }
}
