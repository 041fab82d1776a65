package io.tenantry.worker.request;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantRequest;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request on its way through the worker. */
public final class Request {
    private final RequestRef ref;
    private final TenantRequest data;
    private final @Nullable String traceparent;
    private final long receivedNanos;
    private final Patience patience;
    private volatile boolean owned = true;
    private volatile long endedNanos;
    private volatile Predicate<Set<String>> admission = servers -> true;
    private volatile BooleanSupplier signupParked = () -> false;

    /**
     * @param ref identity and coordinates
     * @param traceparent carried to the result; null if the request had none
     * @param receivedNanos when this worker first polled it, as {@link System#nanoTime}
     */
    public Request(RequestRef ref, TenantRequest data, @Nullable String traceparent, long receivedNanos) {
        this(ref, data, traceparent, receivedNanos, new Patience());
    }

    /** @param patience of an earlier request for the same record, if this worker had one */
    public Request(
            RequestRef ref, TenantRequest data, @Nullable String traceparent, long receivedNanos, Patience patience) {
        this.patience = patience;
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

    /** Whether it brings a new tenant: a person waits for its result. */
    public boolean isSignup() {
        return switch (data.type()) {
            case ONBOARDING -> true;
            case MIGRATION -> false;
        };
    }

    /** The value of the label {@code type} in metrics. */
    public String typeLabel() {
        return switch (data.type()) {
            case ONBOARDING -> "created";
            case MIGRATION -> "migration";
        };
    }

    /** How long it has waited, and how often it failed. */
    public Patience patience() {
        return patience;
    }

    /** Null if the request had none. */
    public @Nullable String traceparent() {
        return traceparent;
    }

    /**
     * When this worker first polled it, as {@link System#nanoTime}: also before it was parked, but not before its partition
     * went away and came back.
     */
    public long receivedNanos() {
        return receivedNanos;
    }

    /** The request has its outcome at this time, as {@link System#nanoTime}. */
    public void ended(long nowNanos) {
        endedNanos = nowNanos;
    }

    /** When the request had its outcome, as {@link System#nanoTime}; means nothing before that. */
    public long endedNanos() {
        return endedNanos;
    }

    /** The tenant, or the shared database: the key of request and result, and the lane. */
    public String key() {
        return data.key();
    }

    /** Whether this worker owns the record. Otherwise the request need not run. Read from any thread. */
    public boolean owned() {
        return owned;
    }

    /**
     * Sets the check whether this request continues, once the servers that it needs are known.
     *
     * @param decides called by the thread that works on the request; after false this request ends without an outcome,
     *     and its record is read again later
     */
    public void admitBy(Predicate<Set<String>> decides) {
        admission = decides;
    }

    /** Whether it continues, given the names of the servers that it needs. */
    public boolean isAdmitted(Set<String> servers) {
        return admission.test(servers);
    }

    /**
     * Sets the check whether a signup of the same tenant was read, and is parked.
     *
     * @param knows called by the thread that works on the request
     */
    public void signupParked(BooleanSupplier knows) {
        signupParked = knows;
    }

    /** Whether this worker has read a signup of the same tenant, and has not started it. */
    public boolean isSignupParked() {
        return signupParked.getAsBoolean();
    }

    /**
     * Called by the poll thread when it loses the partition. If the partition comes back, the record gets another
     * request.
     */
    public void disown() {
        owned = false;
    }
}
