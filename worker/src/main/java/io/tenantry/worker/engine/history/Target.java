package io.tenantry.worker.engine.history;

import io.tenantry.contracts.MigrationRequested;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** The version that a home is to be brought to. */
public sealed interface Target {
    /** The newest that this release has; a home that is beyond it already is left as it is. */
    record Latest() implements Target {}

    /** Exactly this one. */
    record Version(String version) implements Target {}

    /** Null for the newest. */
    default @Nullable MigrationVersion limit() {
        return this instanceof Version wanted ? MigrationVersion.fromVersion(wanted.version()) : null;
    }

    /**
     * Reads the target of a request.
     *
     * @param target a version, or {@code latest}
     */
    static Target of(String target) {
        return target.equals(MigrationRequested.LATEST) ? new Latest() : new Version(target);
    }
}
