package io.tenantry.worker.postgres;

import io.tenantry.worker.config.Isolation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where a tenant lives in one named database.
 *
 * @param tenant whose home it is
 * @param database the named database of the configuration
 * @param server the name of the server in the configuration
 * @param location the schema, or the PostgreSQL database, by {@code isolation}
 */
public record TenantHome(String tenant, String database, String server, String location, Isolation isolation) {
    /** The schema that holds its tables and its history: one in a PostgreSQL database of its own is the usual one. */
    public String schema() {
        return isolation == Isolation.DATABASE ? "public" : location;
    }

    /** The comment that marks the schema as this tenant's, so that nobody else's is ever migrated. */
    public String mark() {
        return "tenantry tenant=" + tenant + " database=" + database;
    }

    /** Key of the advisory lock: the first 8 bytes of SHA-256 of the location. */
    long lockKey() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(location.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
