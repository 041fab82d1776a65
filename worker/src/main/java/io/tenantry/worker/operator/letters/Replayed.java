package io.tenantry.worker.operator.letters;

import org.jspecify.annotations.Nullable;

/**
 * What a replay did with a letter.
 *
 * @param to where Kafka has it now, acknowledged by all replicas; with a dry run where it would go, with offset -1; null
 *     if it was not sent
 * @param skipped why it was not sent; null if it was
 */
public record Replayed(
        Place letter, @Nullable Place to, @Nullable String skipped) {}
