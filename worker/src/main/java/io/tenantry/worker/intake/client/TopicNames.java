package io.tenantry.worker.intake.client;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The names of the topics, with the configured prefix. Immutable. */
public final class TopicNames {
    private final String prefix;
    private final String group;
    private final Map<String, Topic> requests;

    public TopicNames(KafkaSettings kafka) {
        this.prefix = kafka.topicPrefix();
        this.group = kafka.groupId();
        this.requests = Arrays.stream(Topic.values())
                .filter(Topic::hasDeadLetters)
                .collect(Collectors.toUnmodifiableMap(topic -> topic.name(prefix), topic -> topic));
    }

    /** The topics that the worker consumes. */
    public List<String> requests() {
        return List.copyOf(requests.keySet());
    }

    /**
     * The topic of this name, which the worker consumes.
     *
     * @throws IllegalArgumentException if it does not
     */
    public Topic request(String name) {
        Topic topic = requests.get(name);
        if (topic == null) {
            throw new IllegalArgumentException("topic " + name + " is none of " + requests.keySet());
        }
        return topic;
    }

    /** The topic of rollouts, whose partitions decide which worker drives them. */
    public String rollouts() {
        return Topic.ROLLOUT_REQUESTED.name(prefix);
    }

    /**
     * The topic of an event.
     *
     * @throws IllegalArgumentException if Tenantry has no such event
     */
    public String of(EncodedEvent event) {
        return EventType.of(event.type())
                .orElseThrow(() -> new IllegalArgumentException("no event has the type " + event.type()))
                .topic()
                .name(prefix);
    }

    public String results() {
        return Topic.TENANT_RESULTS.name(prefix);
    }

    public String deadLetters(String requestTopic) {
        return request(requestTopic).deadLetterName(prefix);
    }

    /** The consumer group, which dead letters name. */
    public String group() {
        return group;
    }
}
