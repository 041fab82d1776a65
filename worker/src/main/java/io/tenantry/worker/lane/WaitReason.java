package io.tenantry.worker.lane;

/** What a task waits for. None of these is a failure, so none spends an attempt, except {@link #NEXT_ATTEMPT}. */
public enum WaitReason {
    /** Ends when the server answers; {@code retry.give-up-after} ends it too. */
    SERVER_AWAY("server-away", "the server is away"),
    /** Ends when the registry answers. */
    REGISTRY_AWAY("registry-away", "the registry is away"),
    /** Ends with the answer, or when the registry is found to be away. */
    REGISTRY_ANSWER("registry-answer", "the registry is asked"),
    /** Ends with the grace period. */
    UNKNOWN_TENANT("unknown-tenant", "its tenant, or the tenant's home in a database, is not registered"),
    /** Ends with the grace period. */
    UNKNOWN_TARGET("unknown-target", "this release does not have the target version"),
    /** Ends when another session gives the home's lock back. */
    HOME_LOCKED("home-locked", "another session holds the lock of the home"),
    /** Ends when another script of its kind ends. */
    ONE_AT_A_TIME("one-at-a-time", "another script runs outside a transaction in the same PostgreSQL database"),
    /** Ends when another task of this worker ends, or when this worker's share of the connections grows. */
    NO_CONNECTION("no-connection", "all connections of this worker's share are in use"),
    /** Ends when other scripts of this worker have sent their output. */
    MEMORY("memory", "other scripts send so much to this worker that there is no memory for one more"),
    /** Ends with the backoff; {@code retry.max-attempts} ends the task. */
    NEXT_ATTEMPT("next-attempt", "the last attempt failed");

    private final String tag;
    private final String text;

    WaitReason(String tag, String text) {
        this.tag = tag;
        this.text = text;
    }

    /** In metrics. */
    public String tag() {
        return tag;
    }

    /** For messages: the second half of "acme waits: ...". */
    public String text() {
        return text;
    }

    /** Whether an outage is behind it, which has log lines of its own. */
    boolean isOutage() {
        return this == SERVER_AWAY || this == REGISTRY_AWAY;
    }
}
