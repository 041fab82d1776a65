package io.tenantry.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeRulesTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String STRUCTURED = """
            {"specversion":"1.0","id":"id-1","source":"/signup","type":"io.tenantry.tenant.created.v1",
             "datacontenttype":"application/json","data":{"tenant":"acme"}}""";

    @Test
    void readsABinaryEvent() throws InvalidEventException {
        Event<?> event = created()
                .header("ce_time", "2026-11-22T10:00:00.5+01:00")
                .header("ce_traceparent", TRACE)
                .decode();

        assertThat(event)
                .isEqualTo(new Event<>(
                        "id-1",
                        "/signup",
                        EventType.TENANT_CREATED,
                        Instant.parse("2026-11-22T09:00:00.5Z"),
                        TRACE,
                        new TenantCreated("acme", List.of(), Map.of())));
    }

    @Test
    void readsAStructuredEvent() throws InvalidEventException {
        assertThat(structured(STRUCTURED).decode()).isEqualTo(created().decode());
    }

    @Test
    void theContentTypeDecidesThatAnEventIsStructuredWhateverOtherHeadersThereAre() throws InvalidEventException {
        assertThat(structured(STRUCTURED).header("ce_id", "other").decode().id())
                .isEqualTo("id-1");
        assertThat(structured(STRUCTURED)
                        .header("content-type", "Application/CloudEvents+JSON")
                        .decode()
                        .id())
                .isEqualTo("id-1");
    }

    @Test
    void readsStructuredDataInBase64() throws InvalidEventException {
        String data = Base64.getEncoder().encodeToString("{\"tenant\":\"acme\"}".getBytes(UTF_8));
        assertThat(structured(STRUCTURED.replace("\"data\":{\"tenant\":\"acme\"}", "\"data_base64\":\"" + data + '"'))
                        .data()
                        .key())
                .isEqualTo("acme");
    }

    @ParameterizedTest
    @EnumSource(
            value = EventType.class,
            names = {"TENANT_CREATED", "MIGRATION_REQUESTED"})
    void readsPlainJsonAsTheRequestOfItsTopic(EventType type) throws InvalidEventException {
        Event<?> event = Received.on(type.topic())
                .key("acme")
                .value("{\"tenant\":\"acme\"}")
                .header("traceparent", TRACE)
                .header("x-other", "1")
                .decode();

        assertThat(event.type()).isEqualTo(type);
        assertThat(event.source()).isEqualTo("kafka:" + type.topic().name("test."));
        assertThat(event.id()).isEqualTo("3/1042/1700000000000");
        assertThat(event.time()).isNull();
        assertThat(event.traceparent()).isEqualTo(TRACE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Topic.class,
            names = {"TENANT_RESULTS", "ROLLOUT_RESULTS", "TENANT_DRIFT"})
    void refusesPlainJsonAmongResults(Topic topic) {
        assertThat(Received.on(topic).key("acme").value("{}").refusal()).contains("no ce_ headers");
    }

    @Test
    void anyCloudEventsHeaderMakesItAnEventThatMustBeWhole() {
        assertThat(Received.on(Topic.TENANT_CREATED)
                        .key("acme")
                        .value("{\"tenant\":\"acme\"}")
                        .header("ce_time", "2026-11-22T09:00:00Z")
                        .refusal())
                .isEqualTo("specversion is missing; expected 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_specversion", "ce_id", "ce_source", "ce_type"})
    void refusesAnEventWithoutARequiredAttribute(String header) {
        String name = header.substring("ce_".length());
        assertThat(created().without(header).refusal()).contains(name + " is missing");
        assertThat(created().header(header, (String) null).refusal()).contains(name + " is missing");
        assertThat(structured(STRUCTURED.replace('"' + name + "\":", "\"x" + name + "\":"))
                        .refusal())
                .contains(name + " is missing");
        assertThat(structured(STRUCTURED.replaceFirst('"' + name + "\":\"[^\"]*\"", '"' + name + "\":5"))
                        .refusal())
                .isEqualTo(name + " is a JSON number; expected a string");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3", "2.0", "1", "", "one\u0001"})
    void refusesAnotherSpecversion(String version) {
        assertThat(created().header("ce_specversion", version).refusal())
                .startsWith("specversion is \"")
                .endsWith("expected 1.0");
    }

    @Test
    void refusesTheTypeOfAnotherTopicAndUnknownTypes() {
        assertThat(created()
                        .header("ce_type", EventType.MIGRATION_REQUESTED.type())
                        .refusal())
                .isEqualTo("type is \"io.tenantry.migration.requested.v1\"; expected on topic tenant.created: "
                        + "io.tenantry.tenant.created.v1");
        assertThat(created().header("ce_type", "io.tenantry.tenant.created.v2").refusal())
                .contains("tenant.created.v2");
        assertThat(created().header("ce_type", "x".repeat(10_000)).refusal()).hasSizeLessThan(300);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/xml", "application/avro", "application/cloudevents-batch", "json", ""
            })
    void refusesDataThatIsNotJson(String contentType) {
        assertThat(created().header("content-type", contentType).refusal()).contains("expected application/json");
        assertThat(structured(STRUCTURED.replace("application/json", contentType))
                        .refusal())
                .contains("expected application/json");
        assertThat(Received.on(Topic.TENANT_CREATED)
                        .key("acme")
                        .value("{\"tenant\":\"acme\"}")
                        .header("content-type", contentType)
                        .refusal())
                .contains("expected application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;charset=utf-8",
                "TEXT/JSON",
                "application/vnd.acme.tenant+json",
                "application/json "
            })
    void takesEveryContentTypeOfJson(String contentType) throws InvalidEventException {
        assertThat(created().header("content-type", contentType).data().key()).isEqualTo("acme");
        assertThat(structured(STRUCTURED.replace("application/json", contentType))
                        .data()
                        .key())
                .isEqualTo("acme");
    }

    @Test
    void theContentTypeMayBeMissing() throws InvalidEventException {
        assertThat(created().without("content-type").data().key()).isEqualTo("acme");
        assertThat(structured(STRUCTURED.replace("\"datacontenttype\":\"application/json\",", ""))
                        .data()
                        .key())
                .isEqualTo("acme");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_source"})
    void anIdentityHasUpTo512BytesAndNoControlCharacters(String header) throws InvalidEventException {
        assertThat(created().header(header, "x".repeat(512)).decode().id()).isNotEmpty();
        assertThat(created().header(header, "ü".repeat(256)).decode().id()).isNotEmpty();
        for (String bad : new String[] {"", "x".repeat(513), "ü".repeat(257), "a\nb", "a\0b", "a\u0085b", "a\u007f"}) {
            assertThat(created().header(header, bad).refusal())
                    .startsWith(header.substring("ce_".length()) + " is \"")
                    .endsWith("expected 1 to 512 bytes of UTF-8 without control characters")
                    .hasSizeLessThan(250)
                    .doesNotContainPattern("\\p{Cntrl}");
        }
    }

    @Test
    void refusesAnIdWithHalfASurrogatePairBecauseUtf8CannotHoldIt() {
        assertThat(structured(STRUCTURED.replace("id-1", "\\ud800")).refusal()).startsWith("id is \"\\ud800\"");
    }

    @Test
    void refusesASourceThatIsNoUriReference() {
        assertThat(created().header("ce_source", "sign up").refusal()).contains("not a CloudEvent", "sign up");
    }

    @Test
    void keepsTheSourceCharacterByCharacter() throws InvalidEventException {
        for (String source :
                new String[] {"HTTP://Example.org/%7euser/../x", "kafka:tenant.created", "//host/a", "ü"}) {
            assertThat(created().header("ce_source", source).decode().source()).isEqualTo(source);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"yesterday", "", "2026-11-22", "1763802000", "+12026-11-22T09:00:00Z", "0000-01-01T00:00:00Z"})
    void refusesATimeThatIsNotAsInRfc3339(String time) {
        assertThat(created().header("ce_time", time).refusal()).contains("time");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "content-type"})
    void refusesAnAttributeThatIsNotUtf8(String header) {
        assertThat(created()
                        .header(header, new byte[] {'a', (byte) 0xff, (byte) 0xc0})
                        .refusal())
                .startsWith("header " + header)
                .endsWith("expected UTF-8");
    }

    @Test
    void ignoresHeadersAndExtensionsThatItDoesNotKnow() throws InvalidEventException {
        Event<?> event = created()
                .header("ce_", "x")
                .header("ce_an-extension-name-that-nobody-allows", "x")
                .header("ce_other", new byte[] {(byte) 0xff})
                .header("ce_null", (String) null)
                .header("ce_subject", (String) null)
                .header("ce_dataschema", "not a uri")
                .header("x-request-id", (String) null)
                .decode();

        assertThat(event).isEqualTo(created().decode());
        assertThat(structured(STRUCTURED.replaceFirst(
                                "\\{",
                                "{\"Not_A_Name\":[1,{}],\"subject\":null,\"dataschema\":\"not a uri\",\"big\":1e999,"))
                        .decode())
                .isEqualTo(created().decode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\nx"
            })
    void aTraceThatCannotBeReadIsNoTraceAndNoError(String trace) throws InvalidEventException {
        assertThat(created().header("ce_traceparent", trace).decode().traceparent())
                .isNull();
        for (String value : new String[] {"[1]", "\"garbage\"", "null"}) {
            assertThat(structured(STRUCTURED.replaceFirst("\\{", "{\"traceparent\":" + value + ","))
                            .decode()
                            .traceparent())
                    .isNull();
        }
    }

    @Test
    void takesTheTraceOfTheRecordWhereTheEventHasNone() throws InvalidEventException {
        assertThat(created().header("traceparent", TRACE).decode().traceparent())
                .isEqualTo(TRACE);
        assertThat(structured(STRUCTURED).header("traceparent", TRACE).decode().traceparent())
                .isEqualTo(TRACE);
        String other = TRACE.replace("-01", "-00");
        assertThat(structured(STRUCTURED.replaceFirst("\\{", "{\"traceparent\":\"" + other + "\","))
                        .header("traceparent", TRACE)
                        .decode()
                        .traceparent())
                .isEqualTo(other);
    }

    @Test
    void refusesARecordWithoutValueOrData() {
        assertThat(created().value((String) null).refusal()).contains("tombstone");
        assertThat(created().value("").refusal()).contains("no data");
        assertThat(structured(STRUCTURED.replace("\"data\":", "\"other\":")).refusal())
                .contains("no data");
        assertThat(structured(STRUCTURED.replace("{\"tenant\":\"acme\"}", "null"))
                        .refusal())
                .contains("no data");
        assertThat(structured("null").refusal()).contains("null");
        assertThat(structured("[]").refusal()).contains("wrong type");
    }

    @Test
    void refusesAValueAboveTheLimitBeforeItIsParsed() throws InvalidEventException {
        String json = "{\"tenant\":\"acme\"}";
        String padding = " ".repeat(EventCodec.MAX_EVENT_BYTES - json.length());
        assertThat(created().value(json + padding).data().key()).isEqualTo("acme");
        assertThat(created().value(json + padding + " ").refusal())
                .isEqualTo("the value has 262145 bytes; expected at most 262144");
        assertThat(created().value("[".repeat(EventCodec.MAX_EVENT_BYTES + 1)).refusal())
                .startsWith("the value has");
    }

    @Test
    void refusesARecordWhoseKeyIsNotTheKeyOfItsData() {
        assertThat(created().key((String) null).refusal())
                .isEqualTo("the record has no key; expected \"acme\", as in the data");
        assertThat(created().key("acme2").refusal())
                .isEqualTo("the key is \"acme2\"; expected \"acme\", as in the data");
        assertThat(created().key("").refusal()).startsWith("the key is \"\"");
        assertThat(created().key("x\n".repeat(1000)).refusal())
                .hasSizeLessThan(350)
                .doesNotContain("\n");
        assertThat(created().key(new byte[] {(byte) 0xff}).refusal())
                .isEqualTo("the key is 1 bytes that are not UTF-8; expected \"acme\", as in the data");
        assertThat(structured(STRUCTURED).key("acme2").refusal()).startsWith("the key is \"acme2\"");
        assertThat(Received.on(Topic.TENANT_CREATED)
                        .value("{\"tenant\":\"acme\"}")
                        .refusal())
                .startsWith("the record has no key");
    }

    private static Received created() {
        return Received.event(EventType.TENANT_CREATED);
    }

    private static Received structured(String value) {
        return Received.structured(Topic.TENANT_CREATED, value);
    }
}
