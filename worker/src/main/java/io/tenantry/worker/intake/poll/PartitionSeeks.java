package io.tenantry.worker.intake.poll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Takes a partition away from the consumer while it must not be read, and gives it back. For the poll thread alone. */
record PartitionSeeks(Consumer<byte[], byte[]> consumer, ReadPositions positions) {
    /** Pausing alone is not enough: the consumer looks into what it has fetched, unless its position is elsewhere. */
    private static final long AWAY = Long.MAX_VALUE - 1;

    /** Pauses the partition at an offset that no record has. */
    void away(TopicPartition partition) {
        positions.held(partition);
        consumer.pause(Set.of(partition));
        consumer.seek(partition, AWAY);
    }

    /** The next poll reads the partition from where it was, if the partition is not paused then. */
    void back(TopicPartition partition) {
        Long next = positions.next(partition);
        if (next == null) {
            consumer.seekToBeginning(Set.of(partition));
        } else {
            consumer.seek(partition, next);
        }
    }

    /**
     * Without the records of a partition that was elsewhere. There the consumer may find that no record has its offset, and
     * go to the first one in the same poll: its records were read before, and may have their results.
     */
    static ConsumerRecords<byte[], byte[]> without(TopicPartition partition, ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> others = new HashMap<>();
        for (TopicPartition other : records.partitions()) {
            others.put(other, records.records(other));
        }
        Map<TopicPartition, OffsetAndMetadata> positionsOfOthers = new HashMap<>(records.nextOffsets());
        others.remove(partition);
        positionsOfOthers.remove(partition);
        return new ConsumerRecords<>(others, positionsOfOthers);
    }
}
