package io.tenantry.worker.guarantee;

import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The transactions of a broker: what its coordinator knows of them, and what is open in partitions. */
final class Transactions implements AutoCloseable {
    private static final String OFFSETS = "__consumer_offsets";
    /** In these the coordinator has nothing more to do. */
    private static final Set<TransactionState> OVER =
            Set.of(TransactionState.EMPTY, TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);

    private final KafkaSettings kafka;
    private final Admin admin;

    Transactions(KafkaSettings kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    /** Whether the coordinator has committed or aborted every transaction that there was. */
    boolean allAreOver() {
        return listed().stream().allMatch(transaction -> OVER.contains(transaction.state()));
    }

    /**
     * The transactions that are open in the partitions of this deployment and in those of the offsets, with the offset at
     * which each begins. One that the coordinator has ended hangs: nothing but an operator's abort removes it.
     */
    List<String> open() {
        Map<Long, TransactionListing> coordinators = new HashMap<>();
        listed().forEach(transaction -> coordinators.put(transaction.producerId(), transaction));
        List<String> open = new ArrayList<>();
        Group.answer(admin.describeProducers(partitions()).all())
                .forEach((partition, producers) -> active(producers)
                        .forEach(producer ->
                                open.add(text(partition, producer, coordinators.get(producer.producerId())))));
        return open;
    }

    /** The same for the message of a failure; it says so if Kafka does not answer. */
    String report() {
        try {
            List<String> open = open();
            return open.isEmpty()
                    ? "no partition has an open transaction"
                    : "open transactions:\n  " + String.join("\n  ", open);
        } catch (IllegalStateException away) {
            return "open transactions are not known: " + away.getCause();
        }
    }

    private static List<ProducerState> active(PartitionProducerState producers) {
        return producers.activeProducers().stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .toList();
    }

    private static String text(TopicPartition partition, ProducerState producer, @Nullable TransactionListing listed) {
        boolean hangs = listed == null || OVER.contains(listed.state());
        return "%s: %s from offset %d on, last record at %s, producer %d, epoch %d; the coordinator: %s"
                .formatted(
                        partition,
                        hangs ? "hangs" : "open",
                        producer.currentTransactionStartOffset().orElseThrow(),
                        Instant.ofEpochMilli(producer.lastTimestamp()),
                        producer.producerId(),
                        producer.producerEpoch(),
                        listed == null ? "unknown" : listed.transactionalId() + " is " + listed.state());
    }

    private Collection<TransactionListing> listed() {
        return Group.answer(admin.listTransactions().all());
    }

    private List<TopicPartition> partitions() {
        List<String> topics =
                Group.answer(admin.listTopics(new ListTopicsOptions().listInternal(true))
                                .names())
                        .stream()
                        .filter(topic -> topic.equals(OFFSETS) || topic.startsWith(kafka.topicPrefix()))
                        .toList();
        Map<String, TopicDescription> described =
                Group.answer(admin.describeTopics(topics).allTopicNames());
        return described.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
