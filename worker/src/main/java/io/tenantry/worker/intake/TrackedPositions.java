package io.tenantry.worker.intake;

import io.tenantry.worker.intake.admission.Rereading;
import io.tenantry.worker.intake.offsets.Assignment;
import io.tenantry.worker.intake.poll.ReadPositions;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The positions that the offset trackers know. A partition that is held is not read again from parked requests. */
record TrackedPositions(Assignment assignment, Rereading rereading) implements ReadPositions {
    @Override
    public boolean isKnown(TopicPartition partition) {
        return !assignment.isUnread(partition);
    }

    @Override
    public @Nullable Long next(TopicPartition partition) {
        return assignment.next(partition);
    }

    @Override
    public void held(TopicPartition partition) {
        rereading.drop(Set.of(partition));
    }
}
