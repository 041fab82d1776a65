package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.FreePort;
import io.tenantry.worker.stack.KafkaBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A partition that cannot be read, and a group that does not take the worker, on a broker of its own. */
@Order(8)
class BrokerFaultsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** Of a batch: its offset, and the number of bytes that follow. */
    private static final int BATCH_START = 12;
    /** Somewhere in its first record, behind the checksum. */
    private static final int IN_A_RECORD = 70;

    private static KafkaBroker broker;

    /** What everybody logs, the client of Kafka too. */
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start(Map.of("group.consumer.max.size", "1"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        root().detachAppender(log);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void oneCorruptBatchStopsItsOwnPartitionOnly() throws Exception {
        assumeTrue(broker.data().isPresent(), "the segment files are in reach");
        try (Deployment classic = deployment("classic");
                Deployment consumer = deployment("consumer")) {
            for (Deployment deployment : List.of(classic, consumer)) {
                signUp(deployment, 0, "a1");
                signUp(deployment, 1, "b1");
                signUp(deployment, 1, "b2");
                signUp(deployment, 1, "b3");
                signUp(deployment, 2, "c1");
            }
            broker.stop();
            corruptSecondBatch(classic);
            corruptSecondBatch(consumer);
            broker.startAgain();

            for (Deployment deployment : List.of(classic, consumer)) {
                deployment.startWorker();
                deployment.results().await(3);
                signUp(deployment, 0, "a2");
                signUp(deployment, 2, "c2");
                assertThat(deployment.results().await(5))
                        .extracting(TenantResult::tenant)
                        .containsExactlyInAnyOrder("a1", "b1", "c1", "a2", "c2");
            }
            for (Deployment deployment : List.of(classic, consumer)) {
                deleteBefore(deployment, 2);
                assertThat(deployment.results().await(6))
                        .as("what is behind it is read when it is gone")
                        .extracting(TenantResult::tenant)
                        .contains("b3");
            }
        }
    }

    @Test
    void aWorkerThatItsGroupRefusedJoinsWhenItCan() throws Exception {
        int port = FreePort.pick();
        URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
        try (Deployment deployment = deployment("consumer").with("http.port", Integer.toString(port))) {
            KafkaSettings kafka = deployment.settings().kafka();
            try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            kafka.bootstrapServers(),
                            "group.id",
                            kafka.groupId(),
                            "group.protocol",
                            "consumer"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                other.subscribe(List.of(topic(deployment)));
                Await.until(DEADLINE, "the other one has the only place", () -> {
                    other.poll(Duration.ofMillis(50));
                    return !other.assignment().isEmpty();
                });
                deployment.startWorker();
                Await.until(DEADLINE, "the worker was refused", () -> {
                    other.poll(Duration.ofMillis(50));
                    return log.list.stream()
                            .anyMatch(line -> line.getFormattedMessage().contains("GROUP_MAX_SIZE_REACHED"));
                });
            }
            signUp(deployment, 0, "acme");

            assertThat(deployment.results().await(1))
                    .extracting(TenantResult::tenant)
                    .containsExactly("acme");
            Await.until(DEADLINE, "the worker is ready", () -> status(ready) == 200);
        }
    }

    private static int status(URI uri) {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException silent) {
            return 0;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static Deployment deployment(String protocol) {
        Deployment deployment = Deployment.create()
                .with("kafka.bootstrap-servers", broker.bootstrapServers())
                .with("kafka.group-protocol", protocol);
        deployment.database("users").withTwoTables();
        return deployment.withTopics();
    }

    private static void signUp(Deployment deployment, int partition, String tenant) {
        deployment.events().publishTo(partition, tenant, new TenantCreated(tenant, List.of(), Map.of()));
    }

    private static String topic(Deployment deployment) {
        return deployment.prefix() + "tenant.created";
    }

    /** As a disk does: one bit of a record, so that the checksum of its batch is wrong. */
    private static void corruptSecondBatch(Deployment deployment) throws Exception {
        Path segment =
                broker.data().orElseThrow().resolve(topic(deployment) + "-1").resolve("00000000000000000000.log");
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(BATCH_START);
            file.read(start, 0);
            long second = (long) BATCH_START + start.getInt(Long.BYTES);
            ByteBuffer bits = ByteBuffer.allocate(1);
            file.read(bits, second + IN_A_RECORD);
            bits.put(0, (byte) (bits.get(0) ^ 1));
            bits.rewind();
            file.write(bits, second + IN_A_RECORD);
        }
    }

    private static void deleteBefore(Deployment deployment, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic(deployment), 1), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
