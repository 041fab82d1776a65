package io.tenantry.worker.intake.offsets;

import io.tenantry.worker.settle.Coordinates;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka has committed for some partitions.
 *
 * @param partitions those that were asked for
 * @param trackers of the partitions that have a committed offset
 */
public record Committed(Set<TopicPartition> partitions, Map<TopicPartition, OffsetTracker> trackers) {
    /** @param offsets null, or no entry, for a partition without one */
    static Committed of(Set<TopicPartition> partitions, Map<TopicPartition, @Nullable OffsetAndMetadata> offsets) {
        Map<TopicPartition, OffsetTracker> trackers = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                trackers.put(partition, OffsetTracker.restore(offset));
            }
        });
        return new Committed(Set.copyOf(partitions), trackers);
    }

    /** Whether the record needs nothing more. */
    public boolean isSettled(Coordinates record) {
        OffsetTracker tracker = trackers.get(record.partition());
        return tracker != null && tracker.isSettled(record.offset());
    }

    /** Whether the event at this position of the partition's outbox is published. */
    public boolean isPublished(TopicPartition partition, long position) {
        return eventPosition(partition).orElse(-1) >= position;
    }

    /** By partition: the position of the last published event; empty if there is none. */
    Map<TopicPartition, OptionalLong> eventPositions() {
        return partitions.stream().collect(Collectors.toMap(partition -> partition, this::eventPosition));
    }

    private OptionalLong eventPosition(TopicPartition partition) {
        OffsetTracker tracker = trackers.get(partition);
        return tracker == null ? OptionalLong.empty() : tracker.eventPosition();
    }
}
