package io.tenantry.worker.bench;

/** What is done to each tenant. */
enum Workload {
    /** A schema with ten tables, by ten migrations. */
    ONBOARD,
    /** One further migration: a column and an index. */
    UPGRADE,
    /** Nothing is missing. */
    NOOP;

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
