package io.tenantry.worker.operator.rollout;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.operator.KafkaClients;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka which worker drives a rollout: the one that has its partition. */
public final class DriverSearch {
    /** Short: the rest of what is shown comes from the registry, and waits for this. */
    private static final int PATIENCE_SECONDS = 5;

    private final KafkaClients kafka;

    public DriverSearch(KafkaClients kafka) {
        this.kafka = kafka;
    }

    /** Where the worker is, for people; or why that is not known. */
    public String driver(RolloutView view) throws InvalidSettingsException {
        TopicPartition partition = new TopicPartition(
                Topic.ROLLOUT_REQUESTED.name(kafka.settings().topicPrefix()),
                view.drive().partition());
        String group = view.drive().group();
        Admin admin = kafka.admin();
        try {
            KafkaFuture<ConsumerGroupDescription> answer =
                    Objects.requireNonNull(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group));
            ConsumerGroupDescription described = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return described.members().stream()
                    .filter(member -> member.assignment().topicPartitions().contains(partition))
                    .findFirst()
                    .map(member -> where(member) + ", which has partition " + partition)
                    .orElse("no worker: no member of group " + group + " has partition " + partition);
        } catch (ExecutionException | TimeoutException | KafkaException unknown) {
            return "not known: Kafka does not say which worker has partition " + partition;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "not known: interrupted";
        } finally {
            admin.close(KafkaClients.LONGEST_CLOSE);
        }
    }

    private static String where(MemberDescription member) {
        String host = member.host();
        return "the worker at " + (host.startsWith("/") ? host.substring(1) : host) + " (" + member.consumerId() + ")";
    }
}
