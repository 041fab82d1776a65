package io.tenantry.worker.intake.backlog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.RunningLoop;
import io.tenantry.worker.intake.ScriptedRollouts;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The gauge to scale by, of a poll loop whose tasks do nothing, with a real broker. */
@Execution(ExecutionMode.CONCURRENT) // mostly waits
class OutstandingRequestsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String SLOW = "slow";
    private static final int QUICK = 5000;
    /** Offsets; the window takes 20,000. */
    private static final int MORE_THAN_A_WINDOW = 25_000;

    private static final int BEYOND_THE_WINDOW = 500;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CompletableFuture<Void> slowMayEnd = new CompletableFuture<>();

    @Test
    void showsTheOpenOneBesideQuickOnesAndTheBacklogOfAFullWindowAndReturnsToZero() throws Exception {
        try (Deployment deployment = Deployment.create().with("kafka.partitions", "1")) {
            deployment.database("users").withTwoTables();
            KafkaSettings kafka = deployment.withTopics().settings().kafka();
            String topic = Topic.TENANT_CREATED.name(kafka.topicPrefix());
            try (RunningLoop loop = new RunningLoop(
                            kafka,
                            "test",
                            new Meters(registry),
                            Answered::new,
                            new ScriptedRollouts(),
                            Duration.ofMinutes(1));
                    KafkaProducer<byte[], byte[]> producer = producer(kafka, Map.of());
                    KafkaProducer<byte[], byte[]> foreign = producer(
                            kafka, Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, kafka.topicPrefix() + "foreign"))) {
                awaitOutstanding(0);

                send(producer, topic, SLOW, 1);
                send(producer, topic, "quick", QUICK);
                Await.until(DEADLINE, "all are read", () -> value("tenantry.position", topic) == 1 + QUICK);
                awaitOutstanding(1);

                foreign.initTransactions();
                abort(foreign, topic, MORE_THAN_A_WINDOW);
                // The broker writes it after it has answered: what is sent before that has a lower offset.
                Await.until(
                        DEADLINE,
                        "the marker of the abort is written",
                        () -> lastStable(kafka, topic) == 1 + QUICK + MORE_THAN_A_WINDOW + 1);
                long end = send(producer, topic, "quick", BEYOND_THE_WINDOW) + 1;
                // How many records are passed before the partition is paused depends on the polls: 50 at most in the
                // last one.
                Await.until(DEADLINE, "the gauge shows what a paused partition does not fetch", () -> {
                    double unread = end - value("tenantry.position", topic);
                    double paused =
                            registry.get("tenantry.paused.partitions").gauge().value();
                    return paused == 1 && unread > 0 && outstanding() == 1 + unread;
                });

                slowMayEnd.complete(null);
                foreign.beginTransaction();
                long open = send(foreign, topic, "foreign", 3);
                assertThat(open).isGreaterThan(end);
                assertThat(lastStable(kafka, topic))
                        .as("nobody can read behind an open transaction")
                        .isEqualTo(end);
                foreign.abortTransaction();
                for (int i = 0; i < 4; i++) {
                    abort(foreign, topic, 3);
                }
                long stable = end + 5 * (3 + 1);
                Await.until(DEADLINE, "the markers are passed", () -> value("tenantry.position", topic) == stable);
                awaitOutstanding(0);
                loop.check();
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaSettings kafka, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns the last offset. */
    private static long send(KafkaProducer<byte[], byte[]> producer, String topic, String tenant, int records)
            throws Exception {
        Future<RecordMetadata> last = CompletableFuture.failedFuture(new IllegalArgumentException("no records"));
        for (int i = 0; i < records; i++) {
            String name = records == 1 ? tenant : tenant + i;
            last = producer.send(new ProducerRecord<>(
                    topic, name.getBytes(UTF_8), ("{\"tenant\":\"" + name + "\"}").getBytes(UTF_8)));
        }
        producer.flush();
        return last.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).offset();
    }

    private static void abort(KafkaProducer<byte[], byte[]> foreign, String topic, int records) throws Exception {
        foreign.beginTransaction();
        long unused = send(foreign, topic, "foreign", records);
        foreign.abortTransaction();
    }

    private static long lastStable(KafkaSettings kafka, String topic) throws InterruptedException {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (AdminLogOffsets logs = new AdminLogOffsets(kafka)) {
            return logs.ends(Set.of(partition)).getOrDefault(partition, -1L);
        }
    }

    private void awaitOutstanding(long expected) {
        Await.until(DEADLINE, "the gauge shows " + expected, () -> outstanding() == expected);
    }

    /** NaN while there is none. */
    private double outstanding() {
        Gauge gauge = registry.find("tenantry.outstanding.requests").gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    private double value(String name, String topic) {
        return registry.get(name).tags("topic", topic, "partition", "0").gauge().value();
    }

    /** Ends at once; the slow one when the test says so. */
    private final class Answered implements Task {
        private final Request request;
        private final Settler settler;

        Answered(Request request, Settler settler) {
            this.request = request;
            this.settler = settler;
        }

        @Override
        public NextAction run() {
            if (request.key().equals(SLOW) && !slowMayEnd.isDone()) {
                return new NextAction.Await(
                        callback -> {
                            var unused = slowMayEnd.whenComplete((done, failure) -> callback.run());
                        },
                        new Wait(WaitReason.HOME_LOCKED, SLOW));
            }
            RequestRef ref = request.ref();
            EncodedEvent result = new EncodedEvent(ref.id(), "/test", "test", null, null, request.key(), new byte[0]);
            settler.answeredBefore(request, new Recorded(new LedgerEntry(ref, result), true));
            return new NextAction.Finished();
        }

        @Override
        public String lane() {
            return request.key();
        }

        @Override
        public String kind() {
            return "test";
        }

        @Override
        public Set<String> overtakes() {
            return Set.of();
        }

        @Override
        public Priority priority() {
            return Priority.BULK;
        }

        @Override
        public void exhausted(Exception cause, int attempts) {
            throw new AssertionError(cause);
        }

        @Override
        public void abandoned() {
            settler.abandoned(request);
        }

        @Override
        public boolean wanted() {
            return request.owned();
        }
    }
}
