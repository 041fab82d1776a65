package io.tenantry.worker.intake;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The topics of section 4 of the design as they are called in this Kafka. Immutable. */
final class TopicNames {
    private final String prefix;
    private final String group;
    private final Map<String, Topic> requests;

    TopicNames(KafkaSettings kafka) {
        this.prefix = kafka.topicPrefix();
        this.group = kafka.groupId();
        this.requests = Stream.of(Topic.TENANT_CREATED, Topic.MIGRATION_REQUESTED)
                .collect(Collectors.toUnmodifiableMap(topic -> topic.name(prefix), topic -> topic));
    }

    /** The ones that the worker consumes. */
    List<String> requests() {
        return List.copyOf(requests.keySet());
    }

    /**
     * Of a topic that the worker consumes.
     *
     * @throws IllegalArgumentException if it does not
     */
    Topic request(String name) {
        Topic topic = requests.get(name);
        if (topic == null) {
            throw new IllegalArgumentException("topic " + name + " is none of " + requests.keySet());
        }
        return topic;
    }

    String results() {
        return Topic.TENANT_RESULTS.name(prefix);
    }

    String deadLetters(String requestTopic) {
        return request(requestTopic).deadLetterName(prefix);
    }

    /** The consumer group, which dead letters name. */
    String group() {
        return group;
    }
}
