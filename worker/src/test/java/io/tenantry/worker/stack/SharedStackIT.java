package io.tenantry.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The stack that all tests share is quick, and as they need it. */
class SharedStackIT {
    private final DevStack stack = DevStack.shared();

    @Test
    void isTheSameForAllTests() {
        assertThat(DevStack.shared()).isSameAs(stack);
    }

    @Test
    void isReadyInUnderFifteenSeconds() {
        assumeTrue(ServerKind.selected() == ServerKind.EMBEDDED, "the first run pulls the images of the containers");
        System.out.println("the stack was ready in " + stack.startupTime().toMillis() + " ms");

        assertThat(stack.startupTime()).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void runsPostgres18WithRoomForManyConnections() throws SQLException {
        assertThat(Integer.parseInt(query("SHOW server_version_num"))).isBetween(180_000, 189_999);
        assertThat(query("SHOW max_connections")).isEqualTo("200");
    }

    @Test
    void createsNoTopicThatSomebodyOnlyAsksFor() throws Exception {
        String topic = "asked-for-" + UUID.randomUUID();
        Map<String, Object> client =
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "max.block.ms", 2_000);

        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() -> producer.partitionsFor(topic)).isInstanceOf(TimeoutException.class);
        }

        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).doesNotContain(topic);
        }
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = stack.postgres().connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
