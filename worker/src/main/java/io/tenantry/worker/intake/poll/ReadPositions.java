package io.tenantry.worker.intake.poll;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Where partitions are read from, which is not where the consumer is after a poll that failed. */
public interface ReadPositions {
    /** Whether the partition may be read at all now. */
    boolean isKnown(TopicPartition partition);

    /** The next offset to be read; null if nothing was read or committed before. */
    @Nullable Long next(TopicPartition partition);

    /** The consumer's position has no meaning for now. */
    void held(TopicPartition partition);
}
