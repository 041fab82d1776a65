package io.tenantry.worker.config;

import java.util.OptionalInt;

/**
 * A server that new tenants of a named database may be placed on.
 *
 * @param server the name of one of {@link Settings#servers()}
 * @param maxTenants how many tenants of the database it may have; empty: no limit
 */
public record ServerShare(String server, OptionalInt maxTenants) {}
