package io.tenantry.worker.bench;

import io.tenantry.worker.stack.DevStack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The limit of a single signup: one client without a queue, which does one after the other what a signup is made of. It runs
 * the scripts over JDBC in one transaction, commits a row to a registry, and commits a Kafka transaction of one record,
 * because Kafka sends nothing for one of none.
 */
final class SignupSum implements AutoCloseable {
    private static final String TOPIC = "bench.sum";

    private final Connection tenants;
    private final Connection registry;
    private final KafkaProducer<String, String> producer;
    private final String tables = String.join("\n", Scripts.texts("release1"));

    SignupSum(DevStack stack, String database) throws SQLException {
        stack.postgres().createDatabase(database);
        this.tenants = stack.postgres().connect(database);
        this.registry = stack.postgres().connect(TenantryFleet.CONTROL);
        try (Statement statement = registry.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS bench_sum (tenant text PRIMARY KEY, version text)");
        }
        makeTopic(stack.kafka().bootstrapServers());
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.kafka().bootstrapServers(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "bench-sum",
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class));
        producer.initTransactions();
    }

    private static void makeTopic(String bootstrapServers) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** How long each took, from the moment it was due; one that is due while another runs waits. */
    List<Duration> run(List<String> names, Duration interval) throws SQLException {
        List<Duration> latencies = new ArrayList<>();
        long due = System.nanoTime();
        for (String tenant : names) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            signUp(tenant);
            latencies.add(Duration.ofNanos(System.nanoTime() - due));
            due += interval.toNanos();
        }
        return latencies;
    }

    private void signUp(String tenant) throws SQLException {
        String schema = "\"tenant_" + tenant + "\"";
        try (Statement statement = tenants.createStatement()) {
            statement.execute("BEGIN; CREATE SCHEMA " + schema + "; SET LOCAL search_path TO " + schema + ";\n" + tables
                    + "; COMMIT");
        }
        try (PreparedStatement statement = registry.prepareStatement("INSERT INTO bench_sum VALUES (?, '10')")) {
            statement.setString(1, tenant);
            statement.executeUpdate();
        }
        producer.beginTransaction();
        var unused = producer.send(new ProducerRecord<>(TOPIC, tenant, "10"));
        producer.commitTransaction();
    }

    @Override
    public void close() throws SQLException {
        producer.close(Duration.ofSeconds(1));
        registry.close();
        tenants.close();
    }
}
