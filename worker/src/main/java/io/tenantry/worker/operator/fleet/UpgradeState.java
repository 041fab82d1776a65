package io.tenantry.worker.operator.fleet;

/** How a home compares with the newest migrations that the workers have. */
public enum UpgradeState {
    /** All of them were applied. */
    CURRENT,
    /** Its version is lower, or it is the same and a script that it has was changed, or a late one is missing. */
    BEHIND,
    /** Its version is higher: the workers are of an older release than the one that migrated it. */
    AHEAD,
    /**
     * Its version is the workers' newest, and the registry does not know which scripts it has: a release before this one
     * migrated it, or its last request failed. A request finds out.
     */
    UNVERIFIED,
    /** No worker has said which migrations it has. */
    UNKNOWN
}
