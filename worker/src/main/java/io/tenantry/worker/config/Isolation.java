package io.tenantry.worker.config;

/** Where the tenants of a named database live. */
public enum Isolation {
    /** Each tenant in a schema of its own, in one PostgreSQL database. */
    SCHEMA,
    /** Each tenant in a PostgreSQL database of its own. */
    DATABASE,
    /** One schema for all tenants. */
    SHARED
}
