package io.tenantry.worker.engine.reference;

import java.sql.SQLException;
import java.util.Optional;

/** Keeps references, so that workers and commands need not make them again. Safe for use by many threads. */
public interface ReferenceStore {
    /**
     * What a reference was made of, and where. Another one is no reference for the same homes.
     *
     * @param server its name in the configuration
     * @param database the named database
     * @param path {@link io.tenantry.worker.engine.history.AppliedPath#key}, with the style of the names
     * @param serverVersion as PostgreSQL's server_version_num
     * @param role of PostgreSQL, which owns what the migrations make
     * @param format of the snapshot and of its tokens
     */
    record Place(String server, String database, String path, int serverVersion, String role, String format) {}

    /** The reference that is kept for this place; empty if there is none, or one that was made elsewhere. */
    Optional<Reference> find(Place place) throws SQLException;

    /** Keeps a reference, in place of the one for the same path on the same server. */
    void keep(Place place, Reference reference) throws SQLException;
}
