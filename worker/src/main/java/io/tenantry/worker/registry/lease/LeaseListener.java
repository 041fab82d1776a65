package io.tenantry.worker.registry.lease;

/** Learns what becomes of this worker's lease. Called by the thread that renews; must not block. */
public interface LeaseListener {
    /** Whether the worker has connections of every server, and may use them. */
    void holds(boolean connections);

    /** The worker had connections, lost them, and gets none now: other workers must do its work. */
    void seatLost();

    /** The worker still waits for connections, or for another reason than before. Repeated every 30 s. */
    void waits(String obstacle);

    /** The lease could not be renewed; it is tried again. */
    default void failed(Throwable failure) {}
}
