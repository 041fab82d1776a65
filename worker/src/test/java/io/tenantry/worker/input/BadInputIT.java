package io.tenantry.worker.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.scenario.RolloutRows;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no request of the contract goes to the dead-letter topic as it came, and holds nothing up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final int PARTITION = 1;

    private Deployment deployment;

    @BeforeAll
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.withTopics();
        deployment.execute("CREATE SCHEMA precious; CREATE TABLE precious.data AS SELECT 1 AS one");
        deployment.startWorker();
        deployment.results().data(deployment.events().signUp("resident"));
    }

    @AfterAll
    void cleanUp() throws Exception {
        deployment.close();
    }

    static Stream<BadRecord> badRecords() {
        return BadRecord.all().stream();
    }

    @ParameterizedTest
    @MethodSource("badRecords")
    void becomesADeadLetterAndTheNextRecordIsProcessed(BadRecord bad) {
        RecordMetadata published = deployment.events().send(bad.toRecord(deployment.prefix(), PARTITION));
        String next = publishAGoodOneBehind(published, bad.topic());

        ConsumerRecord<byte[], byte[]> letter = deployment.results().deadLetterOf(published);
        assertThat(letter.topic()).isEqualTo(published.topic() + "-dlt");
        assertThat(letter.key()).isEqualTo(bad.keyBytes());
        assertThat(letter.value()).isEqualTo(bad.value());
        assertThat(texts(letter))
                .startsWith(
                        bad.headers().entrySet().stream().map(Object::toString).toArray(String[]::new));
        assertThat(Results.header(letter, "traceparent")).isEqualTo(BadRecord.TRACEPARENT);
        assertThat(Results.header(letter, DeadLetter.CODE)).isEqualTo("invalid-event");
        assertThat(Results.header(letter, DeadLetter.MESSAGE)).startsWith(bad.message());
        assertThat(Results.header(letter, DeadLetter.GROUP))
                .isEqualTo(deployment.settings().kafka().groupId());

        assertThat(deployment.results().data(next).outcome()).isIn(Outcome.COMPLETED, Outcome.UP_TO_DATE);
        deployment.topics().awaitNoLag();
        assertThat(deployment.results().all())
                .extracting(TenantResult::request)
                .noneMatch(request -> isOf(request, published));
        assertThat(deployment.query("SELECT one FROM precious.data")).containsExactly("1");
    }

    /** It must end: the rollout waits for it. */
    @Test
    void aRequestOfARolloutHasFailedInItBeforeItsDeadLetterIsRead() {
        RolloutRows rollout = new RolloutRows(deployment);
        rollout.sent("resident", "doomed");
        rollout.sent("acme", "of others");

        RecordMetadata ofOthers = deployment.events().send(undecodable("of others", "/release"));
        RecordMetadata published = deployment.events().send(undecodable("doomed", rollout.source()));

        assertThat(deployment.results().deadLetterOf(published)).isNotNull();
        assertThat(rollout.member("resident")).isEqualTo("failed invalid-event dead");
        assertThat(deployment.results().deadLetterOf(ofOthers)).isNotNull();
        assertThat(rollout.member("acme")).isEqualTo("pending");
        assertThat(rollout.counts()).isEqualTo("1 in flight, 1 failed");
    }

    private ProducerRecord<byte[], byte[]> undecodable(String id, String source) {
        ProducerRecord<byte[], byte[]> request = deployment
                .events()
                .encode(id, new MigrationRequested("resident", null, List.of(), "latest", "spring", 1));
        ProducerRecord<byte[], byte[]> cut = new ProducerRecord<>(
                request.topic(), PARTITION, request.key(), "{".getBytes(StandardCharsets.UTF_8), request.headers());
        cut.headers().remove("ce_source");
        cut.headers().add("ce_source", source.getBytes(StandardCharsets.UTF_8));
        return cut;
    }

    private String publishAGoodOneBehind(RecordMetadata bad, Topic topic) {
        String id = UUID.randomUUID().toString();
        RecordMetadata good = topic == Topic.TENANT_CREATED
                ? deployment.events().publishTo(PARTITION, id, new TenantCreated("t-" + id, List.of(), Map.of()))
                : deployment
                        .events()
                        .publishTo(
                                PARTITION, id, new MigrationRequested("resident", null, List.of(), "latest", null, 1));
        assertThat(good.topic()).isEqualTo(bad.topic());
        assertThat(good.offset()).isGreaterThan(bad.offset());
        return id;
    }

    private static boolean isOf(RequestRef request, RecordMetadata published) {
        return request.topic().equals(published.topic())
                && request.partition() == published.partition()
                && request.offset() == published.offset();
    }

    private static List<String> texts(ConsumerRecord<byte[], byte[]> letter) {
        return Arrays.stream(letter.headers().toArray())
                .map(Header::key)
                .map(name -> name + "=" + Results.header(letter, name))
                .toList();
    }
}
