package io.tenantry.worker.postgres.home;

import io.tenantry.worker.postgres.Databases;
import io.tenantry.worker.postgres.SqlFailure;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates a tenant's own PostgreSQL database. It is created under a temporary name, marked, and renamed, so a database
 * with the final name is complete. After a kill at any point, the next attempt can see how far the last one came; it
 * finishes, or drops the database and begins again. Works in the server's own database, while it holds the home's lock
 * there.
 */
public final class DatabaseProvisioning {
    private static final String NO_TEMPLATE = "none";

    private final TenantHome home;
    private final Databases databases;

    public DatabaseProvisioning(LockedHome home) {
        this.home = home.home();
        this.databases = new Databases(home.connection());
    }

    /** The name under which the database is created: the same for every attempt. */
    public String temporaryName() {
        return "tenantry_new_" + HexFormat.of().formatHex(home.digest(), 0, 16);
    }

    /**
     * Creates the database at the location, where there is none, or finishes what an earlier attempt began.
     *
     * @param template the database to copy, if it exists; null to create an empty one
     * @return {@code Marked}; or {@code Foreign} if a database with the temporary name has another mark
     * @throws SQLException also if another session was in the way, see {@link SqlFailure}
     */
    public HomeState make(@Nullable String template) throws SQLException {
        String temporary = temporaryName();
        @Nullable String source = isReady(template) ? template : null;
        String unfinished = home.mark() + " template=" + (source == null ? NO_TEMPLATE : source);
        Optional<Databases.Found> left = databases.find(temporary);
        boolean reusable = left.isPresent() && unfinished.equals(left.get().comment());
        if (left.isPresent() && !reusable) {
            @Nullable String comment = left.get().comment();
            if (comment != null && !comment.startsWith(home.mark() + " template=")) {
                return new HomeState.Foreign(comment);
            }
            // The attempt was killed before it marked the database, or another release created it.
            databases.drop(temporary);
        }
        if (!reusable) {
            databases.create(temporary, source);
            databases.comment(temporary, unfinished);
        }
        databases.rename(temporary, home.location(), home.mark());
        return new HomeState.Marked();
    }

    private boolean isReady(@Nullable String template) throws SQLException {
        return template != null
                && databases.find(template).filter(Databases.Found::frozen).isPresent();
    }
}
