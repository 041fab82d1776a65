package io.tenantry.worker.step;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantRequest;
import org.jspecify.annotations.Nullable;

/** A request on its way through the worker. */
public final class Request {
    private final RequestRef ref;
    private final TenantRequest data;
    private final @Nullable String traceparent;
    private final long receivedNanos;
    private volatile boolean owned = true;

    /**
     * @param ref identity and coordinates
     * @param traceparent carried to the result; null if the request had none
     * @param receivedNanos when this worker polled it, as {@link System#nanoTime}
     */
    public Request(RequestRef ref, TenantRequest data, @Nullable String traceparent, long receivedNanos) {
        this.ref = ref;
        this.data = data;
        this.traceparent = traceparent;
        this.receivedNanos = receivedNanos;
    }

    /** Identity and coordinates. */
    public RequestRef ref() {
        return ref;
    }

    /** What is asked for. */
    public TenantRequest data() {
        return data;
    }

    /** Null if the request had none. */
    public @Nullable String traceparent() {
        return traceparent;
    }

    /** When this worker polled it, as {@link System#nanoTime}. */
    public long receivedNanos() {
        return receivedNanos;
    }

    /** The tenant, or the shared database: the key of request and result, and the lane. */
    public String key() {
        return data.key();
    }

    /** Whether its record is this worker's to answer; a request that is not need not be run. Read from any thread. */
    public boolean owned() {
        return owned;
    }

    /** The poll thread says so when it loses the partition; if that comes back, another request stands for the record. */
    public void disown() {
        owned = false;
    }
}
