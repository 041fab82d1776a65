package io.tenantry.worker.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.scenario.RolloutRows;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that are larger than a request may be are put aside too, as whole as there is room for. */
class LargeInputIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String DEAD_LETTERS = "tenant.created-dlt";

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
    void aRecordAsLargeAsItsTopicTakesFitsIntoTheDeadLetterTopic() {
        deployment.startWorker();
        ProducerRecord<byte[], byte[]> largest = signup(deployment.topics().maxMessageBytes("tenant.created"), 0);
        @Nullable RecordMetadata published = null;
        while (published == null) {
            largest = signup(largest.value().length - 1, 0);
            published = sendUnlessTooLarge(largest);
        }

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(published);

        assertThat(largest.value()).hasSizeGreaterThan(1024 * 1024 - 200);
        assertThat(letter.value()).isEqualTo(largest.value());
        assertThat(Results.header(letter, DeadLetter.CODE)).isEqualTo("invalid-event");
        assertThat(Results.header(letter, DeadLetter.MESSAGE))
                .isEqualTo("the value has " + largest.value().length + " bytes; expected at most 262144");
        assertTheNextIsProcessed();
    }

    @Test
    void aRecordThatDoesNotFitIsPutAsideWithoutItsValue() {
        deployment.topics().maxMessageBytes(DEAD_LETTERS, 2000);
        ProducerRecord<byte[], byte[]> large = signup(300_000, 100);
        RecordMetadata published = deployment.events().send(large);
        deployment.startWorker();

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(published);

        assertThat(letter.value()).isNull();
        assertThat(letter.key()).isEqualTo(large.key());
        assertThat(Results.header(letter, "filler")).hasSize(100);
        assertThat(Results.header(letter, DeadLetter.MESSAGE)).startsWith("the value has 300000 bytes");
        assertTheNextIsProcessed();
    }

    @Test
    void aRecordWhoseHeadersDoNotFitEitherHoldsNothingUp() {
        deployment.topics().maxMessageBytes(DEAD_LETTERS, 2000);
        RecordMetadata published = deployment.events().send(signup(300_000, 5000));
        deployment.startWorker();

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(published);

        assertThat(letter.value()).isNull();
        assertThat(letter.key()).isNull();
        assertThat(Results.header(letter, "filler")).isEmpty();
        assertThat(Results.header(letter, DeadLetter.MESSAGE)).startsWith("the value has 300000 bytes");
        assertTheNextIsProcessed();
    }

    @Test
    void aRequestWhoseResultDoesNotFitIsNewWhenItsDeadLetterIsSentAgain() {
        int before = deployment.topics().maxMessageBytes("tenant.results");
        deployment.topics().maxMessageBytes("tenant.results", 300);
        deployment.startWorker();
        ProducerRecord<byte[], byte[]> signup =
                deployment.events().encode("again", new TenantCreated("acme", List.of(), Map.of()));
        RecordMetadata published = deployment.events().send(signup);

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(published);
        assertThat(Results.header(letter, DeadLetter.CODE)).isEqualTo("internal");
        assertThat(Results.header(letter, DeadLetter.MESSAGE)).contains("max.message.bytes is too small");
        assertThat(deployment.queryRegistry("SELECT id FROM tenantry.request")).isEmpty();

        RolloutRows rollout = new RolloutRows(deployment);
        rollout.sent("acme", "of acme");
        ProducerRecord<byte[], byte[]> ofRollout = ofRollout(rollout);
        RecordMetadata sent = deployment.events().send(ofRollout);
        assertThat(deployment.results().deadLetterOf(sent)).isNotNull();
        assertThat(rollout.member("acme")).isEqualTo("failed internal dead");

        deployment.topics().maxMessageBytes("tenant.results", before);
        deployment.events().send(ofRollout);
        deployment
                .events()
                .send(new ProducerRecord<>(signup.topic(), null, letter.key(), letter.value(), letter.headers()));

        TenantResult result = deployment.results().data("again");
        assertThat(result.outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(result.request().offset()).isGreaterThan(published.offset());
        assertThat(deployment.results().data("of acme").outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(rollout.member("acme")).as("its result corrects it").isEqualTo("up-to-date");
        assertThat(rollout.counts()).isEqualTo("0 in flight, 0 failed");
        assertTheNextIsProcessedFor("globex");
    }

    private ProducerRecord<byte[], byte[]> ofRollout(RolloutRows rollout) {
        ProducerRecord<byte[], byte[]> request = deployment
                .events()
                .encode("of acme", new MigrationRequested("acme", null, List.of(), "latest", rollout.name(), 1));
        request.headers().remove("ce_source");
        request.headers().add("ce_source", rollout.source().getBytes(StandardCharsets.UTF_8));
        return request;
    }

    @Test
    void aWorkerThatIsKilledBetweenForgettingAResultAndItsDeadLetterLeavesOneAnswer() {
        deployment.with("kafka.properties.session.timeout.ms", "6000");
        int partitions = deployment.settings().kafka().partitions();
        deployment.topics().maxMessageBytes("tenant.results", 300);
        AppProcess worker = deployment.startWorkerProcess();
        // No dead letter leaves.
        deployment.topics().delete(DEAD_LETTERS);
        RecordMetadata published = deployment
                .events()
                .send(deployment.events().encode("once", new TenantCreated("acme", List.of(), Map.of())));
        // Both are written in one transaction.
        Await.until(
                DEADLINE,
                "its result is forgotten",
                () -> List.of("acme 0")
                        .equals(deployment.queryRegistry(
                                "SELECT tenant || ' ' || (SELECT count(*) FROM tenantry.request) FROM"
                                        + " tenantry.tenant")));

        worker.signal(Signal.KILL);
        worker.awaitExit();
        deployment.topics().create(DEAD_LETTERS, partitions);
        deployment.startWorker();

        assertThat(Results.header(deployment.results().deadLetterOf(published), DeadLetter.MESSAGE))
                .contains("max.message.bytes is too small");
        deployment.topics().awaitNoLag();
        assertThat(deployment.queryRegistry("SELECT id FROM tenantry.request")).isEmpty();
        deployment.topics().maxMessageBytes("tenant.results", 1 << 20);
        assertTheNextIsProcessedFor("globex");
        assertThat(deployment.results().all()).hasSize(1);
        assertThat(deployment.results().awaitDeadLetters(1)).hasSize(1);
    }

    private void assertTheNextIsProcessed() {
        assertTheNextIsProcessedFor("acme");
    }

    private void assertTheNextIsProcessedFor(String tenant) {
        assertThat(deployment.results().data(deployment.events().signUp(tenant)).outcome())
                .isEqualTo(Outcome.COMPLETED);
        deployment.topics().awaitNoLag();
    }

    /** Bytes that no compression makes smaller. */
    private ProducerRecord<byte[], byte[]> signup(int valueBytes, int headerCharacters) {
        Random random = new Random(42);
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        ProducerRecord<byte[], byte[]> signup = new ProducerRecord<>(
                deployment.prefix() + "tenant.created", "acme".getBytes(StandardCharsets.UTF_8), value);
        if (headerCharacters > 0) {
            StringBuilder filler = new StringBuilder();
            random.ints(headerCharacters, 'A', 'z').forEach(filler::appendCodePoint);
            signup.headers().add("filler", filler.toString().getBytes(StandardCharsets.UTF_8));
        }
        return signup;
    }

    private @Nullable RecordMetadata sendUnlessTooLarge(ProducerRecord<byte[], byte[]> next) {
        try {
            return deployment.events().send(next);
        } catch (IllegalStateException refused) {
            assertThat(refused).hasCauseInstanceOf(RecordTooLargeException.class);
            return null;
        }
    }
}
