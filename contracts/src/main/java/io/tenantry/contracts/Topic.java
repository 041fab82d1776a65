package io.tenantry.contracts;

/** The Kafka topics of Tenantry. A configured prefix goes before every name. */
public enum Topic {
    TENANT_CREATED("tenant.created", true),
    MIGRATION_REQUESTED("migration.requested", true),
    TENANT_RESULTS("tenant.results", false),
    ROLLOUT_REQUESTED("rollout.requested", true),
    ROLLOUT_RESULTS("rollout.results", false),
    TENANT_DRIFT("tenant.drift", false);

    private final String baseName;
    private final boolean deadLetters;

    Topic(String baseName, boolean deadLetters) {
        this.baseName = baseName;
        this.deadLetters = deadLetters;
    }

    /** The name without a prefix, as in {@code tenant.created}. */
    public String baseName() {
        return baseName;
    }

    /** The name of the topic in Kafka. The prefix is put before it as it is; empty means none. */
    public String name(String prefix) {
        return prefix + baseName;
    }

    /** Whether Tenantry reads this topic, and puts aside what it cannot read. */
    public boolean hasDeadLetters() {
        return deadLetters;
    }

    /**
     * The topic for the dead letters of this one.
     *
     * @throws IllegalStateException if this topic has none
     */
    public String deadLetterName(String prefix) {
        if (!deadLetters) {
            throw new IllegalStateException(
                    "topic " + baseName + " has no dead letters: Tenantry writes it and does not read it");
        }
        return name(prefix) + "-dlt";
    }
}
