package io.tenantry.worker.intake;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of the topics, with the configured prefix. Immutable. */
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

    /** The topics that the worker consumes. */
    List<String> requests() {
        return List.copyOf(requests.keySet());
    }

    /**
     * The topic of this name, which the worker consumes.
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
