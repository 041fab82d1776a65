package io.tenantry.worker.postgres.home;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sha256;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The place of a tenant in one named database, or of a shared database. Steps see only this, whatever the isolation.
 *
 * @param tenant the tenant; null if all tenants share the home
 * @param database the named database of the configuration
 * @param server the name of the server in the configuration
 * @param location the schema, or the PostgreSQL database, by {@code isolation}
 */
public record TenantHome(
        @Nullable String tenant, String database, String server, String location, Isolation isolation) {
    /** How the marks of all homes begin, in every release. */
    public static final String ANY_MARK = "tenantry ";

    /** A home in a schema of its own. */
    public static TenantHome inSchema(String tenant, String database, String server, String schema) {
        return new TenantHome(tenant, database, server, schema, Isolation.SCHEMA);
    }

    /** One in a PostgreSQL database of its own. */
    public static TenantHome inDatabase(
            @Nullable String tenant, String database, String server, String postgresDatabase) {
        return new TenantHome(tenant, database, server, postgresDatabase, Isolation.DATABASE);
    }

    /** The schema with the tables and the history; {@code public} in a PostgreSQL database of its own. */
    public String schema() {
        return isolation == Isolation.DATABASE ? "public" : location;
    }

    /** The comment that marks the schema or database as this home, so that no other one is ever migrated. */
    public String mark() {
        return ANY_MARK + (tenant == null ? "" : "tenant=" + tenant + " ") + "database=" + database;
    }

    /**
     * Whether a schema or database with this comment is this home. The configuration names a shared home outright, so
     * it needs no mark: one without any mark, as {@code public}, is accepted.
     *
     * @param comment null if there is none
     */
    public boolean isMarkedBy(@Nullable String comment) {
        boolean unmarked = comment == null || !comment.startsWith(ANY_MARK);
        return mark().equals(comment) || (isolation == Isolation.SHARED && unmarked);
    }

    /** For messages: what PostgreSQL calls it. */
    public String kind() {
        return isolation == Isolation.DATABASE ? "database" : "schema";
    }

    /** For messages: the tenant or the shared database. */
    public String owner() {
        return tenant == null ? "shared database " + database : "tenant " + tenant;
    }

    /** Whether it must have the mark; a shared home need not. */
    public boolean needsMark() {
        return isolation != Isolation.SHARED;
    }

    /** The statement that sets the comment. */
    public String markSql() {
        return "COMMENT ON " + kind().toUpperCase(Locale.ROOT) + " " + Identifiers.quote(location) + " IS "
                + Identifiers.literal(mark());
    }

    /** An SQL expression for the current comment: null if there is none, an error if the home does not exist. */
    public String markQuery() {
        // Without obj_description, a function in SQL, which takes twice as long. Without objsubid, which is 0 in every
        // comment of a schema: planning that condition costs a tenth of the look.
        return isolation == Isolation.DATABASE
                ? "(SELECT description FROM pg_catalog.pg_shdescription WHERE objoid = (SELECT oid FROM pg_catalog.pg_database"
                        + " WHERE datname = pg_catalog.current_database()) AND classoid = 'pg_catalog.pg_database'::regclass)"
                : "(SELECT description FROM pg_catalog.pg_description WHERE objoid = "
                        + Identifiers.literal(Identifiers.quote(location))
                        + "::regnamespace AND classoid = 'pg_catalog.pg_namespace'::regclass)";
    }

    /** Key of the advisory lock: the first 8 bytes of SHA-256 of the location. */
    public long lockKey() {
        return ByteBuffer.wrap(digest()).getLong();
    }

    /** SHA-256 of the location. */
    byte[] digest() {
        return new Sha256().add(location).bytes();
    }
}
