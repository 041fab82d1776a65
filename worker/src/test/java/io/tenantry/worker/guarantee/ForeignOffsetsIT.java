package io.tenantry.worker.guarantee;

import io.tenantry.contracts.Topic;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Offsets that are never delivered, of aborted transactions and of a compacted topic, leave no lag. */
class ForeignOffsetsIT {
    private static final int ABORTED = 20;

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void leavesNoLagBehindOffsetsThatNobodyGets(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            trial.group()
                    .configure(
                            Topic.MIGRATION_REQUESTED,
                            Map.of(
                                    "cleanup.policy", "compact",
                                    "min.cleanable.dirty.ratio", "0.001",
                                    "max.compaction.lag.ms", "200",
                                    "segment.ms", "200",
                                    "delete.retention.ms", "0"));
            trial.onboard(trial.scale().tenants() / 3, java.time.Duration.ZERO);
            abortAgainAndAgain(trial);
            trial.load(0);
            abortAgainAndAgain(trial);
            trial.startWorkers(1).check();
            abortAgainAndAgain(trial);
            trial.check();
        }
    }

    /** Into every partition of both topics, so that some have nothing but these. */
    private static void abortAgainAndAgain(Trial trial) {
        var kafka = trial.deployment().settings().kafka();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        kafka.topicPrefix() + "foreign"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            for (int i = 0; i < ABORTED; i++) {
                producer.beginTransaction();
                for (Topic topic : new Topic[] {Topic.TENANT_CREATED, Topic.MIGRATION_REQUESTED}) {
                    for (int partition = 0; partition < kafka.partitions(); partition++) {
                        var unused = producer.send(new ProducerRecord<>(
                                topic.name(kafka.topicPrefix()), partition, "foreign", "{" + "x".repeat(100)));
                    }
                }
                producer.flush();
                producer.abortTransaction();
            }
        }
    }
}
