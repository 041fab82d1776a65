package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.Topic;
import io.tenantry.contracts.Wave;
import io.tenantry.worker.scenario.RolloutEvents;
import io.tenantry.worker.scenario.RolloutEvents.Change;
import io.tenantry.worker.scenario.WorkerProcess;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A rollout goes on while a worker is killed in each of its waves, its driver among them. */
@Tag("guarantee")
@Order(4)
class RolloutKillIT {
    private static final String ROLLOUT = "r1";
    private static final int TENANTS = Scale.isFull() ? 1000 : 24;
    private static final int CANARIES = Scale.isFull() ? 10 : 3;

    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#usual")
    void oneResultForEachTenantAndEachEventOnce(Round round) throws Exception {
        try (Trial trial = Trial.of(round)) {
            trial.onboard(TENANTS, trial.scale().step())
                    .startWorkers(trial.scale().workers())
                    .awaitReady();
            trial.deployment()
                    .events()
                    .publish(new RolloutRequested(
                            ROLLOUT,
                            List.of(),
                            "latest",
                            List.of(new Wave("canary", CANARIES, null), new Wave(null, null, 25)),
                            HaltRule.FIRST_FAILURE));
            trial.under(RolloutKillIT::killInEachWave);
            trial.under(RolloutKillIT::check);
        }
    }

    private static void killInEachWave(Trial trial) {
        RolloutEvents events = trial.deployment().rolloutEvents();
        for (int wave = 1; wave <= 3; wave++) {
            int number = wave;
            events.await("wave " + wave, change -> isStartOf(change, number));
            trial.awaitMoreAnswers(wave == 1 ? 1 : 1 + trial.random().nextInt(CANARIES));
            WorkerProcess victim = wave == 2 ? driver(trial) : anyone(trial);
            victim.kill();
            victim.startAgain();
        }
    }

    private static boolean isStartOf(Change change, int wave) {
        var progress = change.data().wave();
        return change.type() == EventType.ROLLOUT_WAVE_STARTED && progress != null && progress.number() == wave;
    }

    private static WorkerProcess anyone(Trial trial) {
        List<WorkerProcess> atWork =
                trial.workers().stream().filter(WorkerProcess::hasPartitions).toList();
        return atWork.get(trial.random().nextInt(atWork.size()));
    }

    /** The one that was given the partition of the rollout last. */
    private static WorkerProcess driver(Trial trial) {
        var kafka = trial.deployment().settings().kafka();
        TopicPartition partition = new TopicPartition(
                Topic.ROLLOUT_REQUESTED.name(kafka.topicPrefix()),
                BuiltInPartitioner.partitionForKey(ROLLOUT.getBytes(StandardCharsets.UTF_8), kafka.partitions()));
        return trial.workers().stream()
                .filter(worker -> !worker.assigned(partition).isEmpty())
                .max(Comparator.comparing(worker -> worker.assigned(partition).stream()
                        .max(Comparator.naturalOrder())
                        .orElse(Instant.MIN)))
                .orElseThrow(() -> new AssertionError("nobody has " + partition));
    }

    private static void check(Trial trial) {
        RolloutEvents events = trial.deployment().rolloutEvents();
        Change completed = events.await(EventType.ROLLOUT_COMPLETED);
        trial.answers().pollAll();
        RolloutCounts counts = completed.data().counts();
        assertThat(counts.failed() + counts.skipped() + counts.pending()).isZero();
        assertThat(counts.total()).isEqualTo(TENANTS);
        assertThat(events.all())
                .hasToString("[started, wave-started, wave-completed, wave-started, wave-completed, wave-started,"
                        + " wave-completed, completed]");
        assertThat(events.all().stream().map(Change::id).distinct()).hasSize(8);
        Map<String, Long> results = trial.answers().results().stream()
                .filter(answer -> ROLLOUT.equals(answer.data().rollout()))
                .filter(answer -> answer.data().outcome() != Outcome.FAILED)
                .collect(Collectors.groupingBy(answer -> answer.data().key(), Collectors.counting()));
        assertThat(results)
                .hasSize(TENANTS)
                .allSatisfy((tenant, count) -> assertThat(count).isEqualTo(1));
        assertThat(trial.answers().repeatedResults()).isZero();
        assertThat(trial.journal().overlaps()).isZero();
    }
}
