package io.tenantry.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The servers of the stack keep their data and their addresses, whatever fault tests do to them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DevStackIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Of its own: other tests must not see the shared one go away. */
    private DevStack stack;

    @BeforeAll
    void start() {
        stack = DevStack.start();
    }

    @AfterAll
    void close() {
        stack.close();
    }

    @Test
    void keepsRecordsAndAddressOverAnOrderlyRestartOfTheBroker() throws Exception {
        String topic = topicWith("before");
        String address = stack.kafka().bootstrapServers();

        stack.kafka().restart();

        assertThat(stack.kafka().bootstrapServers()).isEqualTo(address);
        assertThat(recordsOf(topic, 1)).containsExactly("before");
    }

    @Test
    void keepsRecordsOverAKillOfTheBroker() throws Exception {
        String topic = topicWith("before");

        stack.kafka().kill();
        stack.kafka().startAgain();

        send(topic, "after");
        assertThat(recordsOf(topic, 2)).containsExactly("before", "after");
    }

    @Test
    void goesOnAfterAPauseOfTheBroker() throws Exception {
        String topic = topicWith("before");

        stack.kafka().pause();
        assertThat(brokerAnswers()).isFalse();
        stack.kafka().resume();

        send(topic, "after");
        assertThat(recordsOf(topic, 2)).containsExactly("before", "after");
    }

    @ParameterizedTest
    @EnumSource
    void keepsRowsAndAddressOverARestartOfPostgres(ShutdownMode mode) throws SQLException {
        String database = "kept-" + UUID.randomUUID();
        stack.postgres().createDatabase(database);
        execute(database, "CREATE TABLE kept AS SELECT 'row' AS value");
        String url = stack.postgres().jdbcUrl(database);

        stack.postgres().restart(mode);

        assertThat(stack.postgres().jdbcUrl(database)).isEqualTo(url);
        assertThat(query(database, "SELECT value FROM kept")).isEqualTo("row");
    }

    @Test
    void refusesConnectionsWhilePostgresIsStopped() throws SQLException {
        stack.postgres().stop(ShutdownMode.FAST);
        try {
            assertThat(postgresAnswers()).isFalse();
        } finally {
            stack.postgres().startAgain();
        }
        assertThat(postgresAnswers()).isTrue();
    }

    private boolean postgresAnswers() {
        try (Connection connection = stack.postgres().connect("postgres")) {
            return connection.isValid(5);
        } catch (SQLException refused) {
            return false;
        }
    }

    private String query(String database, String sql) throws SQLException {
        try (Connection connection = stack.postgres().connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private void execute(String database, String sql) throws SQLException {
        try (Connection connection = stack.postgres().connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()));
    }

    private boolean brokerAnswers() throws Exception {
        Map<String, Object> impatient = Map.of(
                "bootstrap.servers", stack.kafka().bootstrapServers(),
                "request.timeout.ms", 2_000,
                "default.api.timeout.ms", 2_000);
        try (Admin admin = Admin.create(impatient)) {
            admin.describeCluster().nodes().get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(TimeoutException.class);
            return false;
        }
    }

    private String topicWith(String value) throws Exception {
        String topic = "stack-" + UUID.randomUUID();
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        send(topic, value);
        return topic;
    }

    private void send(String topic, String value) throws Exception {
        Map<String, Object> client = Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get(30, TimeUnit.SECONDS);
        }
    }

    private List<String> recordsOf(String topic, int count) {
        Map<String, Object> client =
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            Await.until(DEADLINE, count + " records of " + topic + " were read", () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return values.size() >= count;
            });
        }
        return values;
    }
}
