package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.Interruption;
import io.tenantry.worker.operator.request.Answer;
import io.tenantry.worker.operator.request.Answers;
import io.tenantry.worker.operator.request.Requests;
import io.tenantry.worker.operator.request.SentRequest;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code onboard} and {@code migrate} beside a running worker. */
class RequestCommandsIT {
    private Deployment deployment;

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
    void sayWhichTopicIsMissingAndSendNothing() {
        CommandLineRun run = run("onboard", "acme");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("topic " + deployment.prefix() + "tenant.created does not exist")
                .contains("`tenantry topics --config " + deployment.settingsFile() + "`");
    }

    @Test
    void printIdsAndSayWhatIsOpenWhereNoWorkerAnswers() {
        deployment.withTopics();

        CommandLineRun ids = run("migrate", "acme", "--json");
        assertThat(ids.status()).isZero();
        assertThat(ids.out()).matches("\\{\"tenant\":\"acme\",\"request\":\"[0-9a-f-]{36}\"}\\s+");

        CommandLineRun open = run("migrate", "acme", "--wait", "--timeout", "1s");
        assertThat(open.status()).isEqualTo(1);
        assertThat(open.lines()).singleElement().asString().startsWith("acme: no answer yet (request ");
        assertThat(open.err()).contains("1 without an answer").contains("tenantry tenant acme");

        CommandLineRun interrupted = CommandLineRun.interruptedOn(deployment, "migrate", "acme", "--wait", "--json");
        assertThat(interrupted.status()).isEqualTo(130);
        assertThat(interrupted.json())
                .extracting(
                        line -> line.at("/outcome").asText() + line.at("/error").asText())
                .containsExactly("open", "interrupted");
        assertThat(interrupted.err())
                .contains("the open requests go on; look again with: tenantry tenant acme")
                .contains("the waiting was interrupted, and not the requests");
    }

    @Test
    void takeADeadLetterForAnAnswer() throws Exception {
        deployment.withTopics();
        try (Access access = new Access(deployment.settings(), Interruption.never());
                Answers answers = Answers.from(access.kafka(), Topic.TENANT_CREATED);
                Producer<byte[], byte[]> worker = access.kafka().producer()) {
            List<SentRequest> sent = new Requests(access.kafka())
                    .send(
                            EventType.TENANT_CREATED,
                            List.of(
                                    new TenantCreated("acme", List.of(), Map.of()),
                                    new TenantCreated("globex", List.of(), Map.of())))
                    .sent();
            answers.expect(sent);
            SentRequest acme = sent.get(0);
            var received =
                    new ConsumerRecord<byte[], byte[]>(acme.topic(), acme.partition(), acme.offset(), null, null);
            worker.send(DeadLetter.coordinatesOnly(
                            received,
                            Topic.TENANT_CREATED.deadLetterName(deployment.prefix()),
                            "group",
                            ErrorCode.INVALID_EVENT,
                            "why"))
                    .get();

            List<Answer> found = new ArrayList<>();
            Await.until(Duration.ofSeconds(30), "the dead letter comes", () -> found.addAll(answers.poll()));
            assertThat(found).singleElement().isInstanceOfSatisfying(Answer.Dead.class, dead -> {
                assertThat(dead.request()).isEqualTo(acme);
                assertThat(dead.code()).isEqualTo("invalid-event");
                assertThat(dead.message()).isEqualTo("why");
            });
            assertThat(answers.open()).containsExactly(sent.get(1));
        }
    }

    @Test
    void sendRequestsAndShowTheirAnswers() {
        deployment.withTopics().startWorker();

        CommandLineRun onboard = run("onboard", "acme", "globex", "--attribute", "plan=gold", "--wait");
        assertThat(onboard.err()).contains("sent: 2;").contains("2 done, 0 failed");
        assertThat(onboard.status()).isZero();
        assertThat(onboard.lines())
                .containsExactlyInAnyOrder(
                        "acme: completed, users nothing -> 2", "globex: completed, users nothing -> 2");
        assertThat(deployment.queryRegistry("SELECT attributes ->> 'plan' FROM tenantry.tenant WHERE tenant = 'acme'"))
                .containsExactly("gold");

        deployment.execute("COMMENT ON SCHEMA users_globex IS NULL");
        CommandLineRun migrate = run("migrate", "acme", "globex", "--wait");
        assertThat(migrate.status()).isEqualTo(1);
        assertThat(migrate.err()).contains("1 done, 1 failed");
        assertThat(migrate.lines()).contains("acme: up-to-date, users at 2");
        assertThat(migrate.out())
                .contains("globex: failed, users failed: schema users_globex has no mark")
                .contains("(location-taken)");

        deployment.database("users").with("V3__colour.sql", "ALTER TABLE account ADD colour text DEFAULT '${tenant}';");
        CommandLineRun dry = run("migrate", "acme", "globex", "nobody", "--dry-run");
        assertThat(dry.status()).isEqualTo(1);
        assertThat(dry.out())
                .contains(
                        "-- tenant acme, database users: schema users_acme at server main, version 2\n-- would run: 1 script\n")
                .contains(
                        "\n-- V3__colour.sql (version 3, one transaction)\nALTER TABLE account ADD colour text DEFAULT 'acme';\n")
                .contains("-- the request would fail (location-taken): ")
                .contains("-- the request would fail (unknown-tenant): tenant nobody is not registered");
        assertThat(dry.err()).contains("3 homes, 2 of them would fail; nothing was written");
        assertThat(deployment.query("SELECT version FROM users_acme.flyway_schema_history ORDER BY 1"))
                .containsExactly("1", "2");
        assertThat(deployment.queryRegistry("SELECT count(*) FROM tenantry.worker WHERE most_connections IS NOT NULL"))
                .as("the lease is given back")
                .containsExactly("0");

        CommandLineRun json = run("migrate", "acme", "--to", "2", "--wait", "--json");
        assertThat(json.status()).isZero();
        assertThat(json.out()).startsWith("{\"tenant\":\"acme\",\"request\":\"").contains("\"outcome\":\"up-to-date\"");
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.on(deployment, arguments);
    }
}
