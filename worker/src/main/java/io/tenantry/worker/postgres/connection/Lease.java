package io.tenantry.worker.postgres.connection;

import java.util.function.LongSupplier;

/**
 * The time until which this worker may open connections and begin work, by the monotonic clock. A worker that was
 * stopped for longer sees by itself that its lease has expired. Running work is not ended by that. Safe for use by
 * many threads.
 */
public final class Lease {
    private record Term(String applicationName, Kind kind, long endNanos) {}

    private enum Kind {
        NONE,
        TIMED,
        ENDLESS
    }

    private final LongSupplier nanoTime;
    private volatile Term term;

    /**
     * Not held yet.
     *
     * @param applicationName how the worker's sessions show in pg_stat_activity; no other worker has the same
     */
    public Lease(String applicationName) {
        this(applicationName, System::nanoTime);
    }

    Lease(String applicationName, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.term = new Term(applicationName, Kind.NONE, 0);
    }

    /** For a process that does not share the servers with other workers. */
    public static Lease endless(String applicationName) {
        Lease lease = new Lease(applicationName);
        lease.term = new Term(applicationName, Kind.ENDLESS, 0);
        return lease;
    }

    /** Whether it has not expired. */
    public boolean holds() {
        Term now = term;
        return switch (now.kind()) {
            case NONE -> false;
            case TIMED -> nanoTime.getAsLong() - now.endNanos() < 0;
            case ENDLESS -> true;
        };
    }

    /** Whether it has not expired, and still is the lease under which sessions with this name were opened. */
    boolean holds(String applicationName) {
        return holds() && term.applicationName().equals(applicationName);
    }

    /** The application name of sessions that are opened now. */
    public String applicationName() {
        return term.applicationName();
    }

    /**
     * The worker holds it until then.
     *
     * @param endNanos as {@link System#nanoTime}
     */
    public void renew(long endNanos) {
        term = new Term(term.applicationName(), Kind.TIMED, endNanos);
    }

    /** It has ended. The next lease has another name, because the sessions of this one are being ended. */
    public void end(String nextApplicationName) {
        term = new Term(nextApplicationName, Kind.NONE, 0);
    }
}
