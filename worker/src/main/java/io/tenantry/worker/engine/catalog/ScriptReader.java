package io.tenantry.worker.engine.catalog;

import java.io.IOException;
import java.io.Reader;
import java.util.Objects;

/**
 * Reads the text of a script, and fails a parser that keeps reading after the end: Flyway's parser looks for the line
 * that ends the rows of a COPY, and never checks for the end of the file. One thread reads; another thread may watch.
 */
final class ScriptReader extends Reader {
    /** A parser asked for more than the text has. */
    static final class EndlessException extends IOException {
        private static final long serialVersionUID = 1L;

        EndlessException() {
            super("the parser goes on after the end of the file");
        }
    }

    /** A parser that looks ahead asks some hundred times. */
    private static final int MOST_READS_AFTER_END = 100_000;

    private final String text;
    private int readsAfterEnd;
    private volatile int position;
    private volatile boolean abandoned;

    ScriptReader(String text) {
        this.text = text;
    }

    /** How many characters were read. */
    int position() {
        return position;
    }

    /** Nobody waits for the parser any more: its next read fails. */
    void abandon() {
        abandoned = true;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        int begin = position;
        if (abandoned || (begin == text.length() && ++readsAfterEnd > MOST_READS_AFTER_END)) {
            throw new EndlessException();
        }
        int count = Math.min(length, text.length() - begin);
        text.getChars(begin, begin + count, buffer, offset);
        position = begin + count;
        return count == 0 && length > 0 ? -1 : count;
    }

    @Override
    public void close() {}
}
