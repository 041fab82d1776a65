package io.tenantry.worker.intake.admission;

/**
 * Limits in bytes, by purpose. Together they are at most half of the heap, since the Kafka clients have buffers too.
 *
 * @param ofServer of started requests, for the signups and for the migrations of each server
 * @param parked of requests that were read and not started
 * @param unpublished of results and dead letters that are not in Kafka
 */
public record MemoryLimits(ServerLoad.Limits ofServer, long parked, long unpublished) {
    /** Requests at work at one server, or ready to work. */
    private static final int MOST_AT_WORK = 2000;
    /** These, and requests that wait for a time, for example for a lock: each is tried again every few seconds. */
    private static final int MOST_STARTED = 20_000;

    /**
     * The limits for a heap.
     *
     * @param heap its largest size in bytes
     */
    public static MemoryLimits of(long heap, int servers) {
        // Signups and migrations of each server; with several, migrations whose servers are not known yet as well.
        int parts = servers == 1 ? 2 : 2 * servers + 1;
        return new MemoryLimits(
                new ServerLoad.Limits(MOST_AT_WORK, MOST_STARTED, heap / 8 / parts), heap / 8, heap / 16);
    }
}
