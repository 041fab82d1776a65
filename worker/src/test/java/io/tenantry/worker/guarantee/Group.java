package io.tenantry.worker.guarantee;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The consumer group as an operator sees it. */
final class Group implements AutoCloseable {
    private static final long ANSWER_SECONDS = 30;

    private final KafkaSettings kafka;
    private final Admin admin;

    Group(KafkaSettings kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    /** With the consumer protocol the broker decides when a member counts as dead. */
    void sessionTimeout(Duration timeout) {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, kafka.groupId());
        answer(admin.incrementalAlterConfigs(Map.of(
                        group,
                        List.of(
                                set("consumer.session.timeout.ms", Long.toString(timeout.toMillis())),
                                set("consumer.heartbeat.interval.ms", "500"))))
                .all());
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    /** Changes the configuration of a topic of requests. */
    void configure(Topic topic, Map<String, String> configuration) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name(kafka.topicPrefix()));
        answer(admin.incrementalAlterConfigs(Map.of(
                        resource,
                        configuration.entrySet().stream()
                                .map(entry -> set(entry.getKey(), entry.getValue()))
                                .toList()))
                .all());
    }

    /** Records of both request topics that are not settled; all of a partition without a committed offset. */
    long lag() {
        return lags().values().stream().mapToLong(Long::longValue).sum();
    }

    /** The same by partition. */
    Map<TopicPartition, Long> lags() {
        Map<TopicPartition, OffsetAndMetadata> committed =
                answer(admin.listConsumerGroupOffsets(kafka.groupId()).partitionsToOffsetAndMetadata());
        Map<TopicPartition, ListOffsetsResultInfo> begins = offsets(OffsetSpec.earliest());
        Map<TopicPartition, Long> lags = new TreeMap<>(Comparator.comparing(TopicPartition::toString));
        offsets(OffsetSpec.latest()).forEach((partition, end) -> {
            OffsetAndMetadata offset = committed.get(partition);
            ListOffsetsResultInfo begin = begins.get(partition);
            long from = offset != null ? offset.offset() : begin == null ? 0 : begin.offset();
            lags.put(partition, end.offset() - from);
        });
        return lags;
    }

    /** Committed records that a topic of requests holds now. */
    long records(Topic topic) {
        try (KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = reader.partitionsFor(topic.name(kafka.topicPrefix())).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Set<Map.Entry<TopicPartition, Long>> ends =
                    reader.endOffsets(partitions).entrySet();
            long records = 0;
            while (ends.stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
                records += reader.poll(Duration.ofMillis(100)).count();
            }
            return records;
        }
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        Set<String> topics = Set.of(
                Topic.TENANT_CREATED.name(kafka.topicPrefix()), Topic.MIGRATION_REQUESTED.name(kafka.topicPrefix()));
        Map<String, TopicDescription> found =
                answer(admin.describeTopics(topics).allTopicNames());
        found.forEach((name, topic) -> topic.partitions()
                .forEach(partition -> asked.put(new TopicPartition(name, partition.partition()), spec)));
        return answer(admin.listOffsets(asked).all());
    }

    /** Members that the group has now. */
    int members() {
        return answer(admin.describeConsumerGroups(List.of(kafka.groupId())).all()).values().stream()
                .mapToInt(group -> group.members().size())
                .sum();
    }

    /** What Kafka answers, in 30 s at most. */
    static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("Kafka does not answer", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
