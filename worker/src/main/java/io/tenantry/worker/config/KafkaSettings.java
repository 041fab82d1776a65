package io.tenantry.worker.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The brokers, the group and the topics.
 *
 * @param bootstrapServers {@code host:port}, more than one separated by commas
 * @param groupId the consumer group that all workers of one fleet share
 * @param partitions for topics that Tenantry creates
 * @param replicationFactor for topics that Tenantry creates; -1 is the broker's default
 * @param topicPrefix goes before every topic name; may be empty
 * @param properties any Kafka client property, passed on as written; may hold secrets
 */
public record KafkaSettings(
        String bootstrapServers,
        String groupId,
        GroupProtocol groupProtocol,
        int partitions,
        short replicationFactor,
        String topicPrefix,
        Map<String, String> properties) {

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** {@code ce_source} of what the workers of the group publish. */
    public String eventSource() {
        return "/tenantry/" + URLEncoder.encode(groupId, StandardCharsets.UTF_8);
    }

    /** Names the properties without their values: some are secrets. */
    @Override
    public String toString() {
        return "KafkaSettings[bootstrapServers=" + bootstrapServers + ", groupId=" + groupId + ", groupProtocol="
                + groupProtocol + ", partitions=" + partitions + ", replicationFactor=" + replicationFactor
                + ", topicPrefix=" + topicPrefix + ", properties="
                + properties.keySet().stream().sorted().toList() + "]";
    }
}
