package io.tenantry.worker.intake.client;

import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates and checks the topics. Each call waits for Kafka, up to a time limit. */
public final class Topics implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration KNOWN_PAUSE = Duration.ofMillis(20);
    /** How much larger than its source a dead letter may be, for its additional headers. */
    private static final long DEAD_LETTER_MARGIN = 64 * 1024;

    private final KafkaSettings kafka;
    private final Admin admin;

    /** Connects with the first call. */
    public Topics(KafkaSettings kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(AdminSettings.of(kafka, TIMEOUT));
    }

    /** Something could not be done with topics; the message is for people. */
    public static final class TopicsException extends Exception {
        private static final long serialVersionUID = 1L;

        TopicsException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Creates the topics that do not exist, with the configured partitions.
     *
     * @return one line for each topic: what was done
     */
    public List<String> create() throws TopicsException {
        List<String> done = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            done.add(create(topic.name(kafka.topicPrefix()), Map.of()));
        }
        for (Topic topic : Topic.values()) {
            if (topic.hasDeadLetters()) {
                long largest = maxMessageBytes(topic.name(kafka.topicPrefix()));
                done.add(create(
                        topic.deadLetterName(kafka.topicPrefix()),
                        Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(largest + DEAD_LETTER_MARGIN))));
            }
        }
        return done;
    }

    private String create(String name, Map<String, String> configuration) throws TopicsException {
        NewTopic topic = new NewTopic(
                        name,
                        Optional.of(kafka.partitions()),
                        kafka.replicationFactor() < 0 ? Optional.empty() : Optional.of(kafka.replicationFactor()))
                .configs(configuration);
        try {
            await(admin.createTopics(List.of(topic)).all(), "create topic " + name);
            awaitKnown(name);
            return name + ": created with " + kafka.partitions() + " partitions";
        } catch (TopicsException failure) {
            if (failure.getCause() instanceof TopicExistsException) {
                int partitions =
                        describe(name).map(found -> found.partitions().size()).orElse(0);
                return name + ": exists with " + partitions + " partitions";
            }
            throw failure;
        }
    }

    /** The controller has created the topic; the broker that is asked next may know it a moment later. */
    private void awaitKnown(String name) throws TopicsException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (describe(name).isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw new TopicsException(
                        "find topic " + name + " after it was created: not known in " + TIMEOUT.toSeconds() + " s",
                        new TimeoutException());
            }
            LockSupport.parkNanos(KNOWN_PAUSE.toNanos());
        }
    }

    private long maxMessageBytes(String topic) throws TopicsException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Map<ConfigResource, Config> found =
                await(admin.describeConfigs(Set.of(resource)).all(), "read the configuration of " + topic);
        String value = Objects.requireNonNull(found.get(resource))
                .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                .value();
        return Long.parseLong(value);
    }

    /** The faults that keep a worker from using the topics, one line each with what to do; empty if there is none. */
    public List<String> faults() {
        try {
            await(admin.describeCluster().clusterId(), "connect");
            List<String> faults = new ArrayList<>();
            Map<Topic, Integer> partitions = new EnumMap<>(Topic.class);
            for (Topic topic : Topic.values()) {
                partitions(topic.name(kafka.topicPrefix()), faults).ifPresent(count -> partitions.put(topic, count));
                if (topic.hasDeadLetters()) {
                    partitions(topic.deadLetterName(kafka.topicPrefix()), faults);
                }
            }
            // Those of rollout.requested may be of another number: no tenant has an order there.
            Map<String, Integer> requests = new HashMap<>();
            for (RequestType type : RequestType.values()) {
                Topic topic = type.event().topic();
                Optional.ofNullable(partitions.get(topic))
                        .ifPresent(count -> requests.put(topic.name(kafka.topicPrefix()), count));
            }
            if (Set.copyOf(requests.values()).size() > 1) {
                faults.add("kafka: the request topics have different numbers of partitions, " + requests
                        + ", so that requests of one tenant may go to two workers; give them the same number");
            }
            return faults;
        } catch (TopicsException failure) {
            return List.of("kafka: cannot " + failure.getMessage() + "; check kafka.bootstrap-servers ("
                    + kafka.bootstrapServers() + ") and kafka.properties");
        }
    }

    /** How many partitions the topic has. Empty if it does not exist, which is a fault. */
    private Optional<Integer> partitions(String name, List<String> faults) throws TopicsException {
        Optional<TopicDescription> found = describe(name);
        if (found.isEmpty()) {
            faults.add("kafka: topic " + name + " does not exist; create it, or let `tenantry topics` create all");
        }
        return found.map(topic -> topic.partitions().size());
    }

    private Optional<TopicDescription> describe(String name) throws TopicsException {
        try {
            Map<String, TopicDescription> found =
                    await(admin.describeTopics(List.of(name)).allTopicNames(), "describe topic " + name);
            return Optional.of(Objects.requireNonNull(found.get(name)));
        } catch (TopicsException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static <T> T await(KafkaFuture<T> future, String what) throws TopicsException {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new TopicsException(what + ": " + reason(cause), cause);
        } catch (TimeoutException late) {
            throw new TopicsException(what + ": no answer in " + TIMEOUT.toSeconds() + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new TopicsException(what + ": interrupted", interrupted);
        } catch (KafkaException failure) {
            throw new TopicsException(what + ": " + failure.getMessage(), failure);
        }
    }

    /** Of a failed handshake Kafka's own message has no reason. */
    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof SslAuthenticationException && cause != null
                ? failure.getMessage() + ": " + cause.getMessage()
                : String.valueOf(failure.getMessage());
    }

    @Override
    public void close() {
        admin.close(AdminSettings.LONGEST_CLOSE);
    }
}
