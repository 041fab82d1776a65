package io.tenantry.worker.operator.deadletters;

import org.jspecify.annotations.Nullable;

/**
 * What a replay did with a dead letter.
 *
 * @param to where Kafka has it now, acknowledged by all replicas; with a dry run where it would go, with offset -1; null
 *     if it was not sent
 * @param skipped why it was left out; null if it was not
 * @param refused why Kafka has not taken it, though it may be there all the same; null if it has, or was not asked
 * @param kafkaAway whether Kafka did not answer, so that the next dead letter would be refused too
 */
public record Replayed(
        Place letter,
        @Nullable Place to,
        @Nullable String skipped,
        @Nullable String refused,
        boolean kafkaAway) {
    static Replayed sent(Place letter, Place to) {
        return new Replayed(letter, to, null, null, false);
    }

    static Replayed skipped(Place letter, String why) {
        return new Replayed(letter, null, why, null, false);
    }

    static Replayed refused(Place letter, String why, boolean kafkaAway) {
        return new Replayed(letter, null, null, why, kafkaAway);
    }
}
