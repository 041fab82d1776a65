package io.tenantry.worker.scenario;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** The topics and the group as an operator of Kafka sees them. */
public final class RequestTopics implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaSettings kafka;
    private final Admin admin;

    RequestTopics(KafkaSettings kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /** Waits until the group has committed everything that was published. */
    public void awaitNoLag() {
        Await.until(PATIENCE, "the group " + kafka.groupId() + " has no lag", () -> lag() == 0);
    }

    private long lag() {
        Map<TopicPartition, OffsetAndMetadata> committed =
                await(admin.listConsumerGroupOffsets(kafka.groupId()).partitionsToOffsetAndMetadata());
        List<String> topics = Stream.of(Topic.TENANT_CREATED, Topic.MIGRATION_REQUESTED)
                .map(topic -> topic.name(kafka.topicPrefix()))
                .toList();
        Map<TopicPartition, OffsetSpec> latest = await(
                        admin.describeTopics(topics).allTopicNames())
                .values()
                .stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                await(admin.listOffsets(latest).all());
        return ends.entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata offset = committed.get(end.getKey());
                    return end.getValue().offset() - (offset == null ? 0 : offset.offset());
                })
                .sum();
    }

    /** By name, of those that begin with the deployment's prefix. */
    public Map<String, TopicDescription> all() {
        List<String> names = await(admin.listTopics().names()).stream()
                .filter(name -> name.startsWith(kafka.topicPrefix()))
                .toList();
        return await(admin.describeTopics(names).allTopicNames());
    }

    /** Creates one; the prefix goes before its name. */
    public void create(String topic, int partitions) {
        await(admin.createTopics(List.of(new NewTopic(kafka.topicPrefix() + topic, partitions, (short) 1)))
                .all());
    }

    /** Deletes one; the prefix goes before its name. */
    public void delete(String topic) {
        await(admin.deleteTopics(List.of(kafka.topicPrefix() + topic)).all());
    }

    /** How large a batch of records a topic takes; the prefix goes before its name. */
    public int maxMessageBytes(String topic) {
        ConfigResource resource = resource(topic);
        Map<ConfigResource, Config> found =
                await(admin.describeConfigs(List.of(resource)).all());
        return Integer.parseInt(Objects.requireNonNull(found.get(resource))
                .get("max.message.bytes")
                .value());
    }

    /** Changes how large a batch of records a topic takes. */
    public void maxMessageBytes(String topic, int bytes) {
        ConfigEntry entry = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
        await(admin.incrementalAlterConfigs(
                        Map.of(resource(topic), List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                .all());
        Await.until(PATIENCE, "the broker knows the size", () -> maxMessageBytes(topic) == bytes);
    }

    private ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, kafka.topicPrefix() + topic);
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new IllegalStateException("Kafka does not do it", failure);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
