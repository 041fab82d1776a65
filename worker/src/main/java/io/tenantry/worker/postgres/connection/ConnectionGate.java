package io.tenantry.worker.postgres.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Counts the connections to one server as the server does: from before the socket is opened until the server has closed
 * its end. A caller without a slot waits here, but only for a moment: it holds a permit of the {@link
 * ConnectionBulkhead}, and there are no more permits than slots. Safe for use by many threads.
 */
final class ConnectionGate {
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final String server;
    private int limit;
    private int used;
    private boolean closed;

    ConnectionGate(String server, int limit) {
        this.server = server;
        this.limit = limit;
    }

    /**
     * Takes a slot.
     *
     * @param whileFull called repeatedly while no slot is free
     * @throws IOException if no slot came free in time
     */
    void enter(Duration atMost, Runnable whileFull) throws IOException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!tryEnter()) {
            whileFull.run();
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new IOException("none of this worker's " + limit() + " connections to server " + server
                        + " came free in " + atMost.toSeconds() + " s: " + used() + " are open or on their way out");
            }
            await(Math.min(TimeUnit.NANOSECONDS.toMillis(left) + 1, LOOK_AGAIN_MILLIS));
        }
    }

    private synchronized boolean tryEnter() throws IOException {
        if (closed) {
            throw new IOException("the connections to server " + server + " are closed");
        }
        if (used < limit) {
            used++;
            return true;
        }
        return false;
    }

    private synchronized void await(long millis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        try {
            while (used >= limit && !closed && left > 0) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a connection to server " + server, interrupted);
        }
    }

    /** Takes a slot even if none is free. */
    synchronized void enterBeyondLimit() {
        used++;
    }

    /** Gives a slot back: the server has ended the session. */
    synchronized void leave() {
        used--;
        notifyAll();
    }

    /** How many may be open from now on; those that are open stay. */
    synchronized void limit(int now) {
        limit = now;
        notifyAll();
    }

    synchronized int limit() {
        return limit;
    }

    /** Slots that are taken. */
    synchronized int used() {
        return used;
    }

    /** How many are open beyond the limit, plus this number. */
    synchronized int surplus(int more) {
        return Math.max(0, used + more - limit);
    }

    /** Waits until no slot is taken. */
    synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (used > 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** No slot is given from now on. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
