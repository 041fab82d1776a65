package io.tenantry.worker.engine.reference;

import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.Optional;

/** The references of one named database on one server. Safe for use by many threads. */
public interface References {
    /** Whether a reference that was made before will do. */
    enum Freshness {
        /** One that is kept, or else a new one. */
        KEPT,
        /** One that was made in the last minute, which is kept from then on in place of an earlier one. */
        NEW
    }

    /** What {@link #at} finds. */
    sealed interface Answer {
        /**
         * There is a reference: to be compared with {@link CatalogSnapshot#of}, or, for isolation database, with {@link
         * CatalogSnapshot#ofDatabase}.
         *
         * @param filled with the names of the home
         */
        record Found(CatalogSnapshot filled) implements Answer {}

        /**
         * There is none, and none can be made now.
         *
         * @param reason a clause that names the script or the setting
         */
        record Unavailable(String reason) implements Answer {}
    }

    /**
     * What the migrations of this path make in this home. May replay them on a scratch home, which takes seconds, and a minute
     * at most; then the caller waits. Uses one connection of the home's server, so the caller has a permit for it and keeps
     * no connection of that server meanwhile.
     *
     * @param home on the server of these references
     * @throws SQLException if the server, or the store of the references, cannot be asked now
     */
    Answer at(TenantHome home, AppliedPath path, Freshness freshness) throws SQLException;

    /** The same if it is in memory: asks no server. Empty if it is not. */
    Optional<Answer> known(TenantHome home, AppliedPath path);
}
