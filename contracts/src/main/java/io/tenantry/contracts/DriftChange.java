package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonValue;

/** How an object differs from what the migrations of a home make. */
public enum DriftChange {
    /** The migrations make it, and the home does not have it. */
    MISSING("missing"),
    /** The home has it, and its migrations do not make it. */
    EXTRA("extra"),
    /** Its definition is another one. */
    CHANGED("changed");

    private final String wireName;

    DriftChange(String wireName) {
        this.wireName = wireName;
    }

    /** The name in JSON. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
