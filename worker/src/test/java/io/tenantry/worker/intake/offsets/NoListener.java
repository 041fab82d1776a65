package io.tenantry.worker.intake.offsets;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Nobody is told that partitions come and go. */
public final class NoListener implements Assignment.Listener {
    @Override
    public void leaving() {}

    @Override
    public void left(Set<TopicPartition> partitions) {}

    @Override
    public void arrived(Set<TopicPartition> partitions) {}

    @Override
    public void known(Map<TopicPartition, OptionalLong> eventPositions) {}
}
