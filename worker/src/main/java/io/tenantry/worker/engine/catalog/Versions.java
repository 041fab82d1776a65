package io.tenantry.worker.engine.catalog;

import java.util.Comparator;
import org.flywaydb.core.api.MigrationVersion;

/** Versions as they are written in requests, in the names of scripts and in histories. */
public final class Versions {
    /**
     * Flyway's order: 2.10 is above 2.9; 1, 1.0 and 01 are the same. For strings that are versions; any other one throws a
     * {@link org.flywaydb.core.api.FlywayException}.
     */
    public static final Comparator<String> ORDER = Comparator.comparing(MigrationVersion::fromVersion);

    private Versions() {}
}
