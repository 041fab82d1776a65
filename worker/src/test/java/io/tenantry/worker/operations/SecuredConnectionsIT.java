package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tenantry.contracts.Outcome;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.intake.client.Topics;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.KafkaRights;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Certificate;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.FreePort;
import io.tenantry.worker.stack.ServerKind;
import io.tenantry.worker.stack.Signal;
import io.tenantry.worker.stack.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of ops/security.md: SCRAM over TLS to Kafka, with the rights that are listed there and no others, and TLS
 * with verify-full to PostgreSQL. Both servers have the certificate of {@code localhost}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(9)
class SecuredConnectionsIT {
    private static final String USER = "tenantry";
    private static final String CREATOR = "creator";
    private static final String SECRET = "ScramSecret-3d8e";

    private final int port = FreePort.pick();
    private DevStack stack;
    private Deployment deployment;
    private Path authority;
    private Path anotherAuthority;

    @BeforeAll
    void deploy(@TempDir Path folder) throws Exception {
        assumeTrue(ServerKind.selected() == ServerKind.EMBEDDED, "a broker in a container takes no more listeners");
        Certificate certificate = Certificate.create();
        authority = Files.writeString(folder.resolve("ca.pem"), certificate.pem());
        anotherAuthority = Files.writeString(folder.resolve("another.pem"), Certificate.ofAnotherAuthority());
        stack = DevStack.start(brokerSettings(certificate, folder), Map.of());
        Tls.turnOn(stack.postgres(), certificate);
        deployment = Deployment.on(stack);
        deployment
                .database("users")
                .withTwoTables()
                .with(
                        "V3__protect_history.sql",
                        "REVOKE INSERT, UPDATE, DELETE ON flyway_schema_history FROM application;");
        deployment.withTopics().withApplicationRole();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
            KafkaRights.createWorker(admin, USER, SECRET, deployment.settings().kafka());
            KafkaRights.createCreatorOfTopics(
                    admin, CREATOR, SECRET, withoutTopics(deployment.settings().kafka()));
        }
        // These are the test's own clients, which use the other listener.
        deployment.events();
        deployment.results();
        deployment
                .with("kafka.bootstrap-servers", "localhost:" + port)
                .with("kafka.properties.security.protocol", "SASL_SSL")
                .with("kafka.properties.ssl.truststore.type", "PEM")
                .with("kafka.properties.sasl.mechanism", "SCRAM-SHA-512");
    }

    @AfterAll
    void cleanUp() throws Exception {
        if (deployment != null) {
            deployment.close();
        }
        if (stack != null) {
            stack.close();
        }
    }

    private Map<String, String> brokerSettings(Certificate certificate, Path folder) throws IOException {
        Path keys = Files.writeString(folder.resolve("broker.pem"), certificate.key() + certificate.pem());
        Map<String, String> settings = new HashMap<>();
        settings.put("listeners", "SECURED://127.0.0.1:" + port);
        settings.put("advertised.listeners", "SECURED://localhost:" + port);
        settings.put("listener.security.protocol.map", "SECURED:SASL_SSL");
        settings.put("listener.name.secured.ssl.keystore.type", "PEM");
        settings.put("listener.name.secured.ssl.keystore.location", keys.toString());
        settings.put("listener.name.secured.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put(
                "listener.name.secured.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // The test's own clients and the broker itself, on listeners without names.
        settings.put("super.users", "User:ANONYMOUS");
        return settings;
    }

    /** All three clients of Kafka: the admin client has read the ends of the partitions. */
    @Test
    void worksWithTheDocumentedRightsAlone() throws Exception {
        secured(SECRET, authority, postgres("localhost", authority), postgres("localhost", authority));
        AppProcess worker = deployment.startWorkerProcess();

        assertThatItWorks("acme");
        Await.until(
                Duration.ofSeconds(30),
                "Kafka has said where the partitions end",
                () -> worker.get("/metrics").body().contains("\ntenantry_unread_records{"));
        assertThat(worker.output())
                .noneMatch(line -> line.contains(SECRET))
                .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("authoriz"));
        assertThat(deployment.query("SELECT DISTINCT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE"
                        + " a.application_name LIKE 'tenantry%'"))
                .containsExactly("t");
        assertThat(rightsOfTheApplication("users_acme.account")).isEqualTo("SELECT INSERT UPDATE DELETE");
        assertThat(rightsOfTheApplication("users_acme.flyway_schema_history")).isEqualTo("SELECT");
        // In order: the next test joins the group by the other protocol, for which it must be empty.
        worker.signal(Signal.TERM);
        assertThat(worker.awaitExit()).isIn(0, 143);
    }

    @Test
    void theyAreEnoughForTheConsumerProtocolToo() {
        secured(SECRET, authority, postgres("localhost", authority), postgres("localhost", authority));
        deployment.with("kafka.group-protocol", "consumer");
        RunningWorker worker = deployment.startWorker();

        assertThatItWorks("other");
        worker.stop();
    }

    private void assertThatItWorks(String tenant) {
        String signup = deployment.events().signUp(tenant);
        RecordMetadata broken = deployment.events().raw("migration.requested", "acme", new byte[0], Map.of());

        assertThat(deployment.results().data(signup).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(deployment.results().deadLetterOf(broken)).isNotNull();
    }

    private String rightsOfTheApplication(String table) {
        return Stream.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
                .filter(right -> deployment
                        .query("SELECT has_table_privilege('application', '" + table + "', '" + right + "')")
                        .contains("t"))
                .collect(Collectors.joining(" "));
    }

    @Test
    void refusesAWrongPasswordAWrongHostAndAnotherAuthority() {
        secured("Wrong-5c1f", authority, postgres("127.0.0.1", authority), postgres("localhost", anotherAuthority));

        AppProcess worker = deployment.startProcess("run");

        assertThat(worker.awaitExit()).isEqualTo(2);
        assertThat(worker.output())
                .noneMatch(line -> line.contains("Wrong-5c1f"))
                .anyMatch(line -> line.contains("kafka: ") && line.contains("invalid credentials"))
                .anyMatch(line -> line.contains("registry: ") && line.contains("127.0.0.1 could not be verified"))
                .anyMatch(
                        line -> line.contains("server main: ") && line.contains("unable to find valid certification"));
    }

    @Test
    void refusesABrokerOfAnotherAuthority() {
        secured(SECRET, anotherAuthority, postgres("localhost", authority), postgres("localhost", authority));

        assertThat(deployment.newWorker().run())
                .singleElement()
                .asString()
                .contains("kafka: cannot connect", "unable to find valid certification path");
    }

    @Test
    void theRightsForTheCommandTopicsAreEnoughForIt() throws Exception {
        secured(SECRET, authority, postgres("localhost", authority), postgres("localhost", authority))
                .with("kafka.properties.sasl.jaas.config", login(CREATOR, SECRET));
        KafkaSettings kafka = withoutTopics(deployment.settings().kafka());

        try (Topics topics = new Topics(kafka)) {
            assertThat(topics.create()).hasSize(9).allMatch(line -> line.contains(": created with "));
            assertThat(topics.create()).hasSize(9).allMatch(line -> line.contains(": exists with "));
        }
    }

    /** With a prefix under which there are no topics. */
    private static KafkaSettings withoutTopics(KafkaSettings kafka) {
        return new KafkaSettings(
                kafka.bootstrapServers(),
                kafka.groupId(),
                kafka.groupProtocol(),
                kafka.partitions(),
                kafka.replicationFactor(),
                "new." + kafka.topicPrefix(),
                kafka.properties());
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    private Deployment secured(String password, Path brokers, String registry, String server) {
        return deployment
                .with("kafka.properties.sasl.jaas.config", login(USER, password))
                .with("kafka.properties.ssl.truststore.location", brokers.toString())
                .with("registry.url", registry.replace("{database}", deployment.controlDatabase()))
                .with("kafka.group-protocol", "classic")
                .with("servers.main.url", server.replace("{database}", deployment.tenantDatabase()));
    }

    private String postgres(String host, Path root) {
        return "jdbc:postgresql://" + host + ":" + stack.postgres().port()
                + "/{database}?sslmode=verify-full&sslrootcert=" + root;
    }
}
