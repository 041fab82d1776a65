package io.tenantry.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.scenario.CommandResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PasswordLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that cannot work says why, all of it, and what to do; it ends with status 2 and takes nothing on. */
@Order(2)
class StartupIT {
    /** Nothing listens on it. */
    private static final String NOWHERE = "127.0.0.1:1";

    private final String role = "r" + UUID.randomUUID().toString().substring(0, 8);
    private Deployment deployment;

    @TempDir
    private Path folder;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void topicsThatDoNotExist() {
        List<String> faults = refusal();

        assertThat(faults)
                .containsExactlyInAnyOrder(
                        missingTopic("tenant.created"),
                        missingTopic("tenant.created-dlt"),
                        missingTopic("migration.requested"),
                        missingTopic("migration.requested-dlt"),
                        missingTopic("tenant.results"),
                        missingTopic("rollout.requested"),
                        missingTopic("rollout.requested-dlt"),
                        missingTopic("rollout.results"),
                        missingTopic("tenant.drift"));
    }

    @Test
    void requestTopicsWithDifferentNumbersOfPartitions() {
        deployment.topics().create("tenant.created", 2);
        deployment.topics().create("rollout.requested", 1);
        deployment.withTopics();

        assertThat(refusal())
                .singleElement()
                .asString()
                .contains(
                        "kafka: the request topics have different numbers of partitions",
                        deployment.prefix() + "tenant.created=2",
                        deployment.prefix() + "migration.requested=3",
                        "; give them the same number")
                .doesNotContain("rollout.requested");
    }

    @Test
    void aRegistryThatIsNotThere() {
        deployment
                .with("registry.url", "jdbc:postgresql://" + NOWHERE + "/control")
                .withTopics();

        assertThat(refusal())
                .singleElement()
                .asString()
                .contains(
                        "registry: ",
                        NOWHERE,
                        "refused",
                        "; check registry.url (jdbc:postgresql://" + NOWHERE + "/control)");
    }

    @Test
    void aServerThatIsNotThere() {
        deployment
                .with("servers.main.url", "jdbc:postgresql://" + NOWHERE + "/app")
                .withTopics();

        assertThat(refusal())
                .singleElement()
                .asString()
                .contains(
                        "server main: ",
                        NOWHERE,
                        "refused",
                        "; check servers.main.url (jdbc:postgresql://" + NOWHERE + "/app)",
                        "that PostgreSQL runs there");
    }

    @Test
    void aWrongPassword() {
        PasswordLogin.create(deployment.stack().postgres(), role, "Right-7f3a");
        deployment
                .with("registry.user", role)
                .with("registry.password", "Wrong-91c4")
                .with("servers.main.user", role)
                .with("servers.main.password", "Wrong-5be2")
                .withTopics();

        assertThat(refusal())
                .hasSize(2)
                .allSatisfy(fault -> assertThat(fault)
                        .contains("password authentication failed for user \"" + role + "\"", "; check ")
                        .doesNotContain("Wrong-", "Right-"))
                .anyMatch(fault -> fault.contains("registry.password"))
                .anyMatch(fault -> fault.contains("servers.main.url") && fault.contains(".password"));
    }

    @Test
    void aUserThatMayNotCreateSchemas() throws Exception {
        PasswordLogin.create(deployment.stack().postgres(), role, "Right-7f3a");
        // No database names it any more, so nothing is made there.
        deployment.serverBeside("old");
        deployment
                .with("registry.user", role)
                .with("registry.password", "Right-7f3a")
                .with("servers.main.user", role)
                .with("servers.main.password", "Right-7f3a")
                .with("servers.old.user", role)
                .with("servers.old.password", "Right-7f3a")
                .withTopics();
        letIn(deployment.controlDatabase(), deployment.tenantDatabase(), deployment.databaseBeside("old"));
        deployment.executeInRegistry("DROP SCHEMA tenantry CASCADE");

        assertThat(refusal())
                .satisfiesExactlyInAnyOrder(
                        fault -> assertThat(fault)
                                .startsWith("registry: ")
                                .contains(
                                        "permission denied for database",
                                        "this user owns the schema tenantry there, or may create it"),
                        fault -> assertThat(fault)
                                .isEqualTo("server main: the user may not create schemas; GRANT CREATE ON"
                                        + " DATABASE \"" + deployment.tenantDatabase() + "\" TO \"" + role + "\""));
    }

    @Test
    void aUserThatMayNotCreateDatabases() {
        PasswordLogin.create(deployment.stack().postgres(), role, "Right-7f3a");
        deployment.database("users").isolation(Isolation.DATABASE);
        deployment
                .with("servers.main.user", role)
                .with("servers.main.password", "Right-7f3a")
                .withTopics();
        letIn(deployment.tenantDatabase());

        assertThat(refusal())
                .containsExactly("server main: the user may not create databases, which the isolation database needs;"
                        + " ALTER ROLE \"" + role + "\" CREATEDB");
    }

    @Test
    void anUnknownKeyInTheFile() throws IOException {
        Path file = folder.resolve("settings.yaml");
        String settings = Files.readString(deployment.settingsFile());
        Files.writeString(file, settings + "worker:\n  concurency: 3\n  drain-timeout: soon\n");
        long line = settings.lines().count() + 2;

        CommandResult worker = deployment.command("run", file);

        assertThat(worker.status()).isEqualTo(2);
        assertThat(worker.output())
                .satisfiesExactly(
                        headline -> assertThat(headline).isEqualTo("tenantry: the settings cannot be used:"),
                        unknown -> assertThat(unknown)
                                .isEqualTo("  worker.concurency (line " + line
                                        + "): unknown key; did you mean worker.concurrency?"),
                        bad -> assertThat(bad)
                                .startsWith("  worker.drain-timeout = \"soon\" (line " + (line + 1) + "): ")
                                .contains("; allowed: "));
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        deployment.withTopics();
        try (java.net.ServerSocket taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            deployment.with("http.port", Integer.toString(taken.getLocalPort()));

            assertThat(refusal())
                    .singleElement()
                    .asString()
                    .contains(
                            "cannot listen on 127.0.0.1:" + taken.getLocalPort(),
                            "; set http.host and http.port to a free");
        }
    }

    @Test
    void propertiesThatAKafkaClientRefuses() {
        deployment
                .withTopics()
                .with("kafka.properties.max.poll.records", "many")
                .with("kafka.properties.batch.size", "large")
                .with("servers.main.url", "jdbc:postgresql://" + NOWHERE + "/app");

        assertThat(refusal())
                .satisfiesExactly(
                        fault -> assertThat(fault)
                                .startsWith("kafka: Invalid value many for configuration max.poll.records")
                                .endsWith("; check kafka.bootstrap-servers and kafka.properties"),
                        fault ->
                                assertThat(fault).startsWith("kafka: Invalid value large for configuration batch.size"),
                        fault -> assertThat(fault).startsWith("server main: "));
    }

    @Test
    void aPropertyThatEveryKafkaClientRefusesIsToldOnce() {
        deployment.withTopics().with("kafka.properties.security.protocol", "NONSENSE");

        assertThat(refusal()).singleElement().asString().contains("NONSENSE", "security.protocol");
    }

    @Test
    void aPropertyThatTheGroupProtocolDoesNotKnow() {
        deployment
                .withTopics()
                .with("kafka.group-protocol", "consumer")
                .with("kafka.properties.session.timeout.ms", "10000");

        assertThat(refusal())
                .singleElement()
                .asString()
                .contains("session.timeout.ms", "group.protocol", "; check kafka.bootstrap-servers");
    }

    @Test
    void everythingAtOnce() {
        deployment
                .with("kafka.bootstrap-servers", NOWHERE)
                .with("registry.url", "jdbc:postgresql://" + NOWHERE + "/control")
                .with("servers.main.url", "jdbc:postgresql://" + NOWHERE + "/app")
                .with("databases.users.migrations", "filesystem:" + folder.resolve("nowhere"));

        assertThat(Refusal.ofProcess(deployment))
                .satisfiesExactly(
                        fault -> assertThat(fault)
                                .startsWith("kafka: cannot connect: ")
                                .endsWith("; check kafka.bootstrap-servers (" + NOWHERE + ") and kafka.properties"),
                        fault -> assertThat(fault).startsWith("registry: "),
                        fault -> assertThat(fault).startsWith("server main: "),
                        fault -> assertThat(fault).startsWith("databases.users.migrations: "));
    }

    private void letIn(String... databases) {
        for (String database : databases) {
            deployment.execute("GRANT CONNECT ON DATABASE " + database + " TO " + role);
        }
    }

    private String missingTopic(String name) {
        return "kafka: topic " + deployment.prefix() + name
                + " does not exist; create it, or let `tenantry topics --config " + deployment.settingsFile()
                + "` create all";
    }

    private List<String> refusal() {
        return Refusal.of(deployment);
    }
}
