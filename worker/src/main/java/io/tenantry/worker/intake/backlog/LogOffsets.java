package io.tenantry.worker.intake.backlog;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Where the logs of partitions begin and end. Its calls wait for Kafka; a partition without an answer is left out. */
interface LogOffsets extends AutoCloseable {
    /** The first offsets. */
    Map<TopicPartition, Long> starts(Set<TopicPartition> partitions) throws InterruptedException;

    /** The last stable offsets: a consumer with {@code read_committed} reads up to there. */
    Map<TopicPartition, Long> ends(Set<TopicPartition> partitions) throws InterruptedException;

    @Override
    void close();
}
