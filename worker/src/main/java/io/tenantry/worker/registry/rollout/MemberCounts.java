package io.tenantry.worker.registry.rollout;

/**
 * Counts of members of a rollout by the state of their latest attempt.
 *
 * @param members all
 * @param inFlight those that were sent and are not answered
 * @param counted those of the failed that count towards the halt
 */
public record MemberCounts(
        int members, int inFlight, int completed, int upToDate, int failed, int skipped, int counted) {
    /** Of no members. */
    public static final MemberCounts NONE = new MemberCounts(0, 0, 0, 0, 0, 0, 0);

    /** How many have an answer. */
    public int answered() {
        return completed + upToDate + failed + skipped;
    }

    /** How many have no answer, whether they were sent or not. */
    public int pending() {
        return members - answered();
    }

    /** How many are at the target. */
    public int succeeded() {
        return completed + upToDate;
    }

    /** The sums. */
    public MemberCounts plus(MemberCounts other) {
        return new MemberCounts(
                members + other.members,
                inFlight + other.inFlight,
                completed + other.completed,
                upToDate + other.upToDate,
                failed + other.failed,
                skipped + other.skipped,
                counted + other.counted);
    }
}
