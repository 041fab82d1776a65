package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * A schema or database that the pattern names.
 *
 * @param home its tenant is what the pattern says, which need not be a valid name
 * @param comment null if it has none
 * @param owner the role that owns it
 * @param owned whether the worker's role owns it, or is a member of the role that does
 */
record Candidate(TenantHome home, @Nullable String comment, String owner, boolean owned) {
    /** For messages. */
    String place() {
        return home.server() + "/" + home.location();
    }
}
