package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonValue;

/** How a request went, or one database of it. */
public enum Outcome {
    COMPLETED("completed"),
    /** There was nothing to do. */
    UP_TO_DATE("up-to-date"),
    FAILED("failed"),
    /** The worker decided not to try. Of a database of a signup: servers are full, and a registered tenant got no new home. */
    SKIPPED("skipped"),
    /** Only for a database: one before it failed. */
    NOT_ATTEMPTED("not-attempted");

    private final String wireName;

    Outcome(String wireName) {
        this.wireName = wireName;
    }

    /** The name in JSON. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
