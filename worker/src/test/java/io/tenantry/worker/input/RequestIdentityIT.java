package io.tenantry.worker.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Events;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.scenario.RunningWorker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A request is known by its id, source and type: however often it is sent, it has one result. */
class RequestIdentityIT {
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void twoAtOnceHaveOneResult() {
        RecordMetadata first = publish("twice", "acme");
        publish("twice", "acme");
        deployment.startWorker();

        assertOneResult("twice", first);
    }

    @Test
    void oneThatComesAfterARestartHasNoResultOfItsOwn() {
        RecordMetadata first = publish("twice", "acme");
        RunningWorker before = deployment.startWorker();
        deployment.results().data("twice");
        before.stop();
        deployment.startWorker();
        publish("twice", "acme");

        assertOneResult("twice", first);
    }

    @Test
    void theSameOneForAnotherTenantIsADeadLetter() {
        deployment.startWorker();
        publish("taken", "acme");
        assertThat(deployment.results().data("taken").tenant()).isEqualTo("acme");
        RecordMetadata second = publish("taken", "globex");

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(second);

        assertThat(Results.header(letter, DeadLetter.CODE)).isEqualTo("invalid-event");
        assertThat(Results.header(letter, DeadLetter.MESSAGE))
                .isEqualTo("the event's id taken and source " + Events.SOURCE + " were used before for acme; this one,"
                        + " for globex, was not run: publish it again with an id of its own");
        assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo("{\"tenant\":\"globex\"}");
        deployment.topics().awaitNoLag();
        assertThat(deployment.results().all()).hasSize(1);
        assertThat(deployment.queryRegistry("SELECT tenant FROM tenantry.tenant"))
                .containsExactly("acme");
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'users\\_%'"))
                .containsExactly("users_acme");
    }

    @Test
    void ofTwoTenantsAtOnceInOneWorkerTheSecondIsNotRun() {
        publish("taken", "acme");
        RecordMetadata second = publish("taken", "globex");
        deployment.startWorker();

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(second);

        assertThat(Results.header(letter, DeadLetter.MESSAGE)).contains("globex", "was not run");
        assertThat(deployment.results().data("taken").tenant()).isEqualTo("acme");
        deployment.topics().awaitNoLag();
        assertThat(deployment.results().all()).hasSize(1);
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'users\\_%'"))
                .containsExactly("users_acme");
        assertThat(deployment.queryRegistry("SELECT tenant FROM tenantry.tenant"))
                .containsExactly("acme");
    }

    /** As of a producer that uses the number of its order for both. */
    @Test
    void aSignupAndAMigrationMayHaveOneId() {
        MigrationRequested migration = new MigrationRequested("acme", null, List.of(), "latest", null, 1);
        deployment.startWorker();
        deployment.events().publishTo(0, "order-7", migration);
        // The migration has been read by then, and waits for its tenant.
        deployment.results().data(deployment.events().signUp("marker"));
        publish("order-7", "acme");

        assertThat(deployment.results().await(3))
                .filteredOn(result -> "acme".equals(result.tenant()))
                .extracting(result -> result.request().type(), TenantResult::outcome)
                .containsExactlyInAnyOrder(
                        tuple(EventType.TENANT_CREATED.type(), Outcome.COMPLETED),
                        tuple(EventType.MIGRATION_REQUESTED.type(), Outcome.UP_TO_DATE));

        deployment.events().publishTo(0, "order-7", migration);
        publish("order-7", "acme");
        deployment.topics().awaitNoLag();
        assertThat(deployment.results().all()).as("repeats have none").hasSize(3);
    }

    @Test
    void aDeadLetterThatWasCorrectedAndPublishedAgainIsNew() {
        deployment.startWorker();
        ProducerRecord<byte[], byte[]> bad =
                deployment.events().encode("again", new TenantCreated("acme", List.of(), Map.of()));
        RecordMetadata published = deployment
                .events()
                .send(new ProducerRecord<>(
                        bad.topic(), null, bad.key(), "{".getBytes(StandardCharsets.UTF_8), bad.headers()));
        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(published);

        // By hand: everything as it is in the dead-letter topic, but for the value.
        deployment.events().send(new ProducerRecord<>(bad.topic(), null, letter.key(), bad.value(), letter.headers()));

        TenantResult result = deployment.results().data("again");
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(result.request().offset()).isGreaterThan(published.offset());
    }

    private RecordMetadata publish(String id, String tenant) {
        return deployment.events().publishTo(0, id, new TenantCreated(tenant, List.of(), Map.of()));
    }

    private void assertOneResult(String id, RecordMetadata request) {
        TenantResult result = deployment.results().data(id);
        assertThat(result.request().offset()).isEqualTo(request.offset());
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        // A second result would be in the same transaction as its offset.
        deployment.topics().awaitNoLag();
        String marker = deployment.events().signUp("marker");
        deployment.results().data(marker);
        assertThat(deployment.results().all())
                .extracting(TenantResult::tenant)
                .containsExactlyInAnyOrder("acme", "marker");
    }
}
