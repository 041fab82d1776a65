package io.tenantry.worker.postgres.connection;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * How much the scripts of tenants may send to this process: the driver keeps all rows and notices of a message in
 * memory, and needs many times the bytes on the wire for them. Measured with pgjdbc 42.7 on a 64-bit JVM: 1.6 times for
 * rows of 100 characters, 6 times for rows without a column, 27 times for notices. Flyway keeps copies of both. One for
 * the whole process. Safe for use by many threads.
 */
public final class ReceiveBudget {
    /** If all are notices, one script takes a quarter of the heap at most. */
    private static final int HEAP_SHARE_OF_ONE = 128;
    /** If all are notices, all small scripts together take a tenth of the heap. */
    private static final int HEAP_SHARE_OF_SMALL = 256;
    /** How many scripts that send much may run at the same time. */
    private static final int LARGE_AT_ONCE = 2;
    /** How long a script that sends much waits for another one, with its locks held. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final long most;
    private final long small;
    private final Semaphore large;
    private final Duration patience;

    /**
     * @param most bytes that one script may send
     * @param small bytes that every script may send at any time; it may send more only while few others do
     */
    public ReceiveBudget(long most, long small) {
        this(most, small, LARGE_AT_ONCE, PATIENCE);
    }

    /**
     * The same.
     *
     * @param largeAtOnce how many scripts that send more than small ones may run at the same time
     * @param patience how long a script waits for its turn in the middle of its work, before it is stopped
     */
    public ReceiveBudget(long most, long small, int largeAtOnce, Duration patience) {
        this.most = most;
        this.small = Math.min(small, most);
        this.large = new Semaphore(largeAtOnce);
        this.patience = patience;
    }

    /**
     * For a heap of this size: 2 MiB a script for 256 MiB.
     *
     * @param bytes of the heap at most
     * @param concurrency scripts that run at the same time
     */
    public static ReceiveBudget ofHeap(long bytes, int concurrency) {
        return new ReceiveBudget(bytes / HEAP_SHARE_OF_ONE, bytes / HEAP_SHARE_OF_SMALL / Math.max(1, concurrency));
    }

    /** Limits what may be sent to this thread over this connection, until the result is closed. */
    public ReceiveLimit limit(Connection connection) {
        return ReceiveLimit.begin(this, connection);
    }

    /** Bytes that one script may send. */
    long most() {
        return most;
    }

    /** Bytes that a script may send at any time. */
    long small() {
        return small;
    }

    /** How long to wait for a turn. */
    Duration patience() {
        return patience;
    }

    Semaphore large() {
        return large;
    }
}
