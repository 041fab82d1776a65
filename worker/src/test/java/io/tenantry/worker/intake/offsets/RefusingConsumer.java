package io.tenantry.worker.intake.offsets;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Does not tell the committed offsets while the test says so. */
public final class RefusingConsumer extends MockConsumer<byte[], byte[]> {
    private @Nullable RuntimeException refusal;

    public RefusingConsumer() {
        super("earliest");
    }

    /**
     * From now on it throws this.
     *
     * @param with null: from now on it tells them
     */
    public synchronized void refuse(@Nullable RuntimeException with) {
        refusal = with;
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
            Set<TopicPartition> partitions, Duration timeout) {
        if (refusal != null) {
            throw refusal;
        }
        return super.committed(partitions, timeout);
    }
}
