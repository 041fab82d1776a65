package io.tenantry.worker.operator.rebuild;

import org.jspecify.annotations.Nullable;

/**
 * How the registry and one home differ.
 *
 * @param tenant null for a shared database
 * @param registeredVersion null if there is no row, or it has none
 * @param server where the home is, or is registered; a name of the configuration
 * @param location the same
 * @param version of the home; null if it has none, or was not read
 * @param detail for people: what is wrong, or what was not done and why; null if the rest says all
 * @param written whether the registry was corrected
 */
public record Finding(
        @Nullable String tenant,
        String database,
        Kind kind,
        @Nullable String registeredVersion,
        String server,
        String location,
        @Nullable String version,
        @Nullable String detail,
        boolean written) {
    /** What differs. */
    public enum Kind {
        SAME("same"),
        /** Like SAME, but another place is marked as this home, too. */
        COPIED("copied"),
        /** A home without a row. */
        MISSING("missing"),
        /** The row has another version. */
        VERSION("version"),
        /** The row has another place than the home. */
        LOCATION("location"),
        /** The row's fingerprint is not that of the scripts that the home has had. */
        SCRIPTS("scripts"),
        /** A row without a home. */
        GONE("gone"),
        /** The place in the row has the mark of another home, or none. */
        FOREIGN("foreign"),
        /** Several places are marked as this home, and none of them is registered. */
        AMBIGUOUS("ambiguous"),
        /** It could not be read or corrected now. */
        UNREADABLE("unreadable");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** In lower case, as output has it. */
        public String label() {
            return label;
        }

        /** Whether the home is there, and can be written. */
        boolean isWritable() {
            return this == MISSING || this == VERSION || this == LOCATION || this == SCRIPTS;
        }
    }

    Finding with(Kind other, String why) {
        return new Finding(tenant, database, other, registeredVersion, server, location, version, why, false);
    }

    Finding asWritten() {
        return new Finding(tenant, database, kind, registeredVersion, server, location, version, detail, true);
    }
}
