package io.tenantry.worker.guarantee;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Offsets that are never delivered, of aborted transactions and of a compacted topic, leave no lag. */
@Tag("guarantee")
@Order(8)
class ForeignOffsetsIT {
    private static final String TENANT = "tenant0";
    private static final int ABORTED = 20;
    private static final long COPIES = 3;

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
            trial.onboard(trial.neighbours(TENANT, trial.scale().tenants() / 3), Duration.ZERO);
            abortAgainAndAgain(trial);
            askThatCompactionLeavesOneRequestOfEach(trial);
            awaitCompaction(trial);

            trial.startWorkers(1).check();
            // Nothing but offsets that nobody gets, for a worker that runs.
            abortAgainAndAgain(trial);
            trial.check();
        }
    }

    /**
     * Copies of one event answer for each other, so whichever is compacted away, there is one answer. They are all in one
     * partition, so that there are gaps before, between and behind what a worker has to do.
     */
    private static void askThatCompactionLeavesOneRequestOfEach(Trial trial) {
        for (long copy = 0; copy < COPIES; copy++) {
            for (String tenant : trial.tenants()) {
                trial.requests().upgrade(tenant, 2);
                if (copy == COPIES - 1) {
                    // Between those that stay.
                    abort(trial, 1);
                }
            }
        }
    }

    /** A topic's last segment is never compacted: it takes a record that comes later to begin the next one. */
    private static void awaitCompaction(Trial trial) {
        Await.until(Duration.ofSeconds(60), "compaction has removed requests", () -> {
            abort(trial, 1);
            return trial.group().records(Topic.MIGRATION_REQUESTED)
                    < COPIES * trial.tenants().size();
        });
    }

    private static void abortAgainAndAgain(Trial trial) {
        abort(trial, ABORTED);
    }

    /** Into every partition of both topics, so that some have nothing but these. */
    private static void abort(Trial trial, int transactions) {
        KafkaSettings kafka = trial.deployment().settings().kafka();
        try (ForeignProducer foreign = new ForeignProducer(trial.deployment())) {
            for (int i = 0; i < transactions; i++) {
                foreign.begin();
                for (Topic topic : new Topic[] {Topic.TENANT_CREATED, Topic.MIGRATION_REQUESTED}) {
                    for (int partition = 0; partition < kafka.partitions(); partition++) {
                        foreign.send(new TopicPartition(topic.name(kafka.topicPrefix()), partition), 1);
                    }
                }
                foreign.abort();
            }
        }
    }
}
