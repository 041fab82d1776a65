package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.intake.client.Topics;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.CommandResult;
import io.tenantry.worker.scenario.Deployment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command {@code topics} makes what the worker and its users need, and says what it did. */
class TopicsIT {
    private static final List<String> PLAIN = List.of(
            "tenant.created",
            "migration.requested",
            "tenant.results",
            "rollout.requested",
            "rollout.results",
            "tenant.drift");
    private static final List<String> DEAD_LETTERS =
            List.of("tenant.created-dlt", "migration.requested-dlt", "rollout.requested-dlt");

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.with("kafka.partitions", "5");
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void createsAllAndSaysSo() {
        AppProcess topics = deployment.startProcess("topics");

        assertThat(topics.awaitExit()).isZero();
        assertThat(topics.output()).containsExactlyElementsOf(lines("created with 5 partitions"));
        assertThat(deployment.topics().all().values())
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(5))
                .extracting(topic -> topic.name().substring(deployment.prefix().length()))
                .containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void givesDeadLettersRoomForTheirHeaders() throws Exception {
        deployment.topics().create("tenant.created", 5);
        deployment.topics().maxMessageBytes("tenant.created", 3_000_000);

        create();

        assertThat(deployment.topics().maxMessageBytes("tenant.created-dlt")).isEqualTo(3_000_000 + 65_536);
        int ofTheBroker = deployment.topics().maxMessageBytes("migration.requested");
        assertThat(deployment.topics().maxMessageBytes("migration.requested-dlt"))
                .isEqualTo(ofTheBroker + 65_536);
        assertThat(deployment.topics().maxMessageBytes("rollout.requested-dlt")).isEqualTo(ofTheBroker + 65_536);
    }

    @Test
    void leavesThoseThatExistAsTheyAre() throws Exception {
        create();
        deployment.with("kafka.partitions", "7");

        assertThat(create()).containsExactlyElementsOf(lines("exists with 5 partitions"));

        assertThat(deployment.topics().all().values())
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(5));
    }

    @Test
    void createsTheOneThatIsMissing() throws Exception {
        create();
        deployment.topics().delete("tenant.results");

        assertThat(create())
                .contains(deployment.prefix() + "tenant.results: created with 5 partitions")
                .filteredOn(line -> line.contains("created with"))
                .hasSize(1);
    }

    @Test
    void refusesRequestTopicsThatDoNotFitTogether() {
        deployment.topics().create("migration.requested", 4);

        CommandResult topics = deployment.command("topics");

        assertThat(topics.status()).isEqualTo(1);
        assertThat(topics.output())
                .contains(deployment.prefix() + "migration.requested: exists with 4 partitions")
                .anyMatch(line -> line.contains("different numbers of partitions") && line.contains("same number"));
    }

    @Test
    void saysInOneLineThatKafkaIsNoSuchHost() {
        deployment.with("kafka.bootstrap-servers", "no-such-host.invalid:9092");

        CommandResult topics = deployment.command("topics");

        assertThat(topics.status()).isEqualTo(2);
        assertThat(topics.output())
                .noneMatch(line -> line.startsWith("\tat "))
                .anyMatch(line -> line.contains("kafka.bootstrap-servers"));
    }

    private List<String> create() throws Topics.TopicsException {
        try (Topics topics = new Topics(deployment.settings().kafka())) {
            return topics.create();
        }
    }

    private List<String> lines(String what) {
        return names().stream()
                .map(name -> deployment.prefix() + name + ": " + what)
                .toList();
    }

    private static List<String> names() {
        return java.util.stream.Stream.concat(PLAIN.stream(), DEAD_LETTERS.stream())
                .toList();
    }
}
