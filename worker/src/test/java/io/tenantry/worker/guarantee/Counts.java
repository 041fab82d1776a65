package io.tenantry.worker.guarantee;

/**
 * What is counted after an attack; all of it must be zero.
 *
 * @param unanswered requests without a terminal record
 * @param repeated results and dead letters that there was one of before
 * @param failed results that are no success
 * @param overlaps times that two were at work on one tenant
 * @param inversions requests of a tenant that were worked on or answered after a later one
 * @param appliedTwice migrations that a tenant's database has twice
 * @param lag records that the group has not settled
 */
record Counts(int unanswered, int repeated, int failed, int overlaps, int inversions, int appliedTwice, long lag) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);
}
