package io.tenantry.worker.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultId;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.Events;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every form of a request that the contract allows is processed, and its result says whose it is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcceptedInputIT {
    private static final String CREATED = "io.tenantry.tenant.created.v1";
    private static final Map<String, String> STRUCTURED =
            Map.of("content-type", "application/cloudevents+json; charset=UTF-8");

    private Deployment deployment;

    @BeforeAll
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.with("worker.unknown-tenant-grace", "0s").withTopics();
        deployment.startWorker();
    }

    @AfterAll
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void plainJsonWithoutAnyHeader() {
        RecordMetadata published = raw("plain", "{\"tenant\":\"plain\"}", Map.of());

        String id = published.partition() + "/" + published.offset() + "/" + published.timestamp();
        String source = "kafka:" + published.topic();
        Event<?> result = assertOnboarded(id, "plain");
        assertThat(result.id()).isEqualTo(ResultId.of(source, id, CREATED));
        assertThat(((TenantResult) result.data()).request())
                .isEqualTo(new RequestRef(
                        id, source, CREATED, published.topic(), published.partition(), published.offset()));
    }

    @Test
    void aStructuredEvent() {
        raw("structured", structured("s-1", "structured", ""), STRUCTURED);

        assertOnboarded("s-1", "structured");
    }

    @Test
    void aStructuredEventWithUnknownAttributesAndFields() {
        String unknown = ",\"partner_ID\":7,\"sequence\":\"12\",\"com.example\":{\"a\":[1]}";
        raw("structured-more", structured("s-2", "structured-more", unknown), STRUCTURED);

        assertOnboarded("s-2", "structured-more");
    }

    @Test
    void unknownFieldsAndHeaders() {
        Map<String, String> headers = Map.of(
                "ce_specversion", "1.0",
                "ce_id", "u-1",
                "ce_source", "/test",
                "ce_type", CREATED,
                "ce_Not-A-Valid_Name", "7",
                "tracestate", "a=b");
        raw("unknown", "{\"tenant\":\"unknown\",\"plan\":{\"seats\":[1,2]},\"since\":null}", headers);

        assertOnboarded("u-1", "unknown");
    }

    @Test
    void theTraceOfARequestReachesItsResult() {
        ProducerRecord<byte[], byte[]> inTheEnvelope = migration("trace-1");
        inTheEnvelope.headers().add("ce_traceparent", BadRecord.TRACEPARENT.getBytes(UTF_8));
        ProducerRecord<byte[], byte[]> ofTheRecord = migration("trace-2");
        ofTheRecord.headers().add("traceparent", BadRecord.TRACEPARENT.getBytes(UTF_8));
        ProducerRecord<byte[], byte[]> malformed = migration("trace-3");
        malformed.headers().add("traceparent", "four tea two".getBytes(UTF_8));
        deployment.events().send(inTheEnvelope);
        deployment.events().send(ofTheRecord);
        deployment.events().send(malformed);
        raw(
                "trace-4",
                structured("trace-4", "trace-4", ",\"traceparent\":\"" + BadRecord.TRACEPARENT + "\""),
                STRUCTURED);

        assertThat(deployment.results().of("trace-1").traceparent()).isEqualTo(BadRecord.TRACEPARENT);
        assertThat(deployment.results().of("trace-2").traceparent()).isEqualTo(BadRecord.TRACEPARENT);
        assertThat(deployment.results().of("trace-3").traceparent()).isNull();
        assertThat(deployment.results().of("trace-4").traceparent()).isEqualTo(BadRecord.TRACEPARENT);
    }

    @Test
    void theIdOfAResultIsMadeFromItsRequest() {
        String request = deployment.events().signUp("uuid");

        String id = deployment.results().of(request).id();

        assertThat(id).isEqualTo(ResultId.of(Events.SOURCE, request, CREATED));
        assertThat(UUID.fromString(id).version()).isEqualTo(5);
    }

    private Event<?> assertOnboarded(String requestId, String tenant) {
        Event<?> result = deployment.results().of(requestId);
        assertThat(result.type()).isEqualTo(EventType.TENANT_ONBOARDED);
        TenantResult data = (TenantResult) result.data();
        assertThat(data.tenant()).isEqualTo(tenant);
        assertThat(data.outcome()).isEqualTo(Outcome.COMPLETED);
        return result;
    }

    private RecordMetadata raw(String key, String value, Map<String, String> headers) {
        return deployment.events().raw("tenant.created", key, value.getBytes(UTF_8), headers);
    }

    /** Of a tenant that nobody has onboarded: a failed result has its trace as well. */
    private ProducerRecord<byte[], byte[]> migration(String id) {
        return deployment
                .events()
                .encode(id, new MigrationRequested("tenant-of-" + id, null, List.of(), "latest", null, 1));
    }

    private static String structured(String id, String tenant, String moreAttributes) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/test\",\"type\":\"" + CREATED + "\""
                + moreAttributes + ",\"data\":{\"tenant\":\"" + tenant + "\",\"unknown\":true}}";
    }
}
