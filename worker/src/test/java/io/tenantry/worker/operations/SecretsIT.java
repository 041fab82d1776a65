package io.tenantry.worker.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.PasswordLogin;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.stack.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords reach PostgreSQL, and nothing else: no log, no event, no metric, no message. */
@Order(8)
class SecretsIT {
    private static final String REGISTRY_SECRET = "RegistrySecret-7f3a";
    private static final String SERVER_SECRET = "ServerSecret-91c4";
    private static final String KAFKA_SECRET = "KafkaSecret-5be2";

    private final String role = "r" + UUID.randomUUID().toString().substring(0, 8);
    private Deployment deployment;

    @TempDir
    private Path folder;

    @BeforeEach
    void deploy() throws IOException {
        deployment = Deployment.create().withEmptyRegistry();
        deployment
                .database("users")
                .withTwoTables()
                .with("V3__fails_for_some.sql", "SELECT 1 / (current_schema() <> 'users_unlucky')::int;");
        deployment.withTopics();
        PasswordLogin.create(deployment.stack().postgres(), role + "_registry", REGISTRY_SECRET);
        PasswordLogin.create(deployment.stack().postgres(), role + "_server", SERVER_SECRET);
        deployment.execute("GRANT CONNECT ON DATABASE " + deployment.controlDatabase() + " TO " + role + "_registry");
        deployment.executeInRegistry("ALTER SCHEMA tenantry OWNER TO " + role + "_registry");
        deployment.execute("GRANT ALL ON DATABASE " + deployment.tenantDatabase() + " TO " + role + "_server");
        deployment
                .with("registry.user", role + "_registry")
                .with("registry.password", REGISTRY_SECRET)
                .with("servers.main.user", role + "_server")
                .with("servers.main.password", SERVER_SECRET)
                .with("kafka.properties.ssl.key.password", KAFKA_SECRET)
                .with("kafka.properties.ssl.keystore.password", KAFKA_SECRET)
                .with("kafka.properties.ssl.keystore.key", KAFKA_SECRET)
                .with("kafka.properties.sasl.jaas.config", "Module required password=\"" + KAFKA_SECRET + "\";")
                .with("kafka.properties.our.interceptor.token", KAFKA_SECRET)
                .with("retry.max-attempts", "1");
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void areNowhereWhileTheWorkerWorks() throws Exception {
        AppProcess worker = deployment.startProcess("run", debug()).awaitAssignment();
        String lucky = deployment.events().signUp("lucky");
        String unlucky = deployment.events().signUp("unlucky");
        deployment.events().raw("tenant.created", "acme", "no event".getBytes(UTF_8), Map.of());

        assertThat(deployment.results().data(lucky).outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(deployment.results().data(unlucky).outcome()).isEqualTo(Outcome.FAILED);
        deployment.results().awaitDeadLetters(1);
        assertHidden(List.of(
                worker.get("/metrics").body(), worker.get("/health/ready").body()));
        assertHidden(published());
        worker.signal(Signal.TERM);
        worker.awaitExit();
        assertHidden(worker.output());
        assertThat(worker.output()).anyMatch(line -> line.contains("DEBUG"));
    }

    @Test
    void areNowhereWhenTheyAreWrongAtTheStart() {
        changePasswords();

        AppProcess worker = deployment.startProcess("run", debug());

        assertThat(worker.awaitExit()).isEqualTo(2);
        assertHidden(worker.output());
        assertThat(worker.output())
                .anyMatch(line -> line.contains("registry: ") && line.contains("password authentication failed"))
                .anyMatch(line -> line.contains("server main: ") && line.contains("password authentication failed"));
    }

    @Test
    void areNowhereWhenTheyAreChangedMeanwhile() throws Exception {
        deployment.with("retry.give-up-after", "1s");
        AppProcess worker = deployment.startProcess("run", debug()).awaitAssignment();
        deployment.results().data(deployment.events().signUp("lucky"));
        deployment.execute("ALTER ROLE " + role + "_server PASSWORD 'another'");
        endSessionsOf(role + "_server");

        String request = deployment.events().signUp("late");

        assertThat(Results.error(deployment.results().data(request)).code()).isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
        assertHidden(published());
        assertHidden(List.of(worker.get("/metrics").body()));
        worker.signal(Signal.TERM);
        worker.awaitExit();
        assertHidden(worker.output());
    }

    private void changePasswords() {
        deployment.execute("ALTER ROLE " + role + "_server PASSWORD 'another'");
        deployment.execute("ALTER ROLE " + role + "_registry PASSWORD 'another'");
    }

    private void endSessionsOf(String user) {
        deployment.query(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = '" + user + "'");
    }

    /** Everything of this project at DEBUG, and of its libraries too. */
    private String debug() {
        try {
            Path logging = Files.writeString(
                    folder.resolve("debug.xml"),
                    "<configuration><appender name=\"console\" class=\"ch.qos.logback.core.ConsoleAppender\"><encoder>"
                            + "<pattern>%-5level %logger: %msg%n</pattern></encoder></appender>"
                            + "<root level=\"DEBUG\"><appender-ref ref=\"console\"/></root></configuration>");
            return "-Dlogback.configurationFile=" + logging;
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private List<String> published() {
        Stream<String> results = deployment.results().events().stream().map(Object::toString);
        Stream<String> deadLetters = deployment.results().awaitDeadLetters(0).stream()
                .flatMap(letter -> Stream.concat(
                        Stream.of(new String(letter.value(), UTF_8)),
                        Stream.of(letter.headers().toArray())
                                .map(header -> header.key() + "=" + new String(header.value(), UTF_8))));
        return Stream.concat(results, deadLetters).toList();
    }

    private static void assertHidden(List<String> texts) {
        assertThat(texts)
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text).doesNotContain(REGISTRY_SECRET, SERVER_SECRET, KAFKA_SECRET));
    }
}
