package io.tenantry.worker.intake.backlog;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.client.AdminSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks with an admin client, one request for each broker. For one thread. */
final class AdminLogOffsets implements LogOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(AdminLogOffsets.class);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);
    private static final ListOffsetsOptions READ_COMMITTED = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);

    private final Admin admin;
    /** Of the partitions that were asked for last. */
    private final Set<TopicPartition> refused = new HashSet<>();

    /** Connects. */
    AdminLogOffsets(KafkaSettings kafka) {
        this(Admin.create(AdminSettings.of(kafka, LONGEST_CALL)));
    }

    /** @param admin is closed with this */
    AdminLogOffsets(Admin admin) {
        this.admin = admin;
    }

    @Override
    public Map<TopicPartition, Long> starts(Set<TopicPartition> partitions) throws InterruptedException {
        return list(partitions, OffsetSpec.earliest());
    }

    @Override
    public Map<TopicPartition, Long> ends(Set<TopicPartition> partitions) throws InterruptedException {
        refused.retainAll(partitions);
        return list(partitions, OffsetSpec.latest());
    }

    private Map<TopicPartition, Long> list(Set<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        ListOffsetsResult result = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which)),
                READ_COMMITTED);
        Map<TopicPartition, Long> answered = new HashMap<>();
        for (TopicPartition partition : partitions) {
            try {
                answered.put(partition, result.partitionResult(partition).get().offset());
                refused.remove(partition);
            } catch (ExecutionException failure) {
                unanswered(partition, failure.getCause() == null ? failure : failure.getCause());
            }
        }
        return answered;
    }

    /**
     * Logs a refusal once for each topic, until the topic's partitions are answered for. That no broker answers is logged
     * by the watch of the poll thread.
     */
    private void unanswered(TopicPartition partition, Throwable cause) {
        LOG.debug("no offsets of {}", partition, cause);
        if (cause instanceof RetriableException) {
            return;
        }
        boolean first = refused.stream().noneMatch(other -> other.topic().equals(partition.topic()));
        refused.add(partition);
        if (first) {
            LOG.warn(
                    "Kafka refuses to say where {} ends ({}); the metric tenantry_outstanding_requests is wrong until it"
                            + " does; allow the worker's user to describe its request topics",
                    partition,
                    cause.getMessage());
        }
    }

    @Override
    public void close() {
        admin.close(AdminSettings.LONGEST_CLOSE);
    }
}
