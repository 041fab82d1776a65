package io.tenantry.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CloudEvents under the names of other bindings, and in the wrappings of other tools: read as what they are, or refused
 * with what to do, never taken for plain JSON of another identity.
 */
class OtherNamesTest {
    private static final String STRUCTURED = """
            {"specversion":"1.0","id":"c-1","source":"/signup","type":"io.tenantry.tenant.created.v1",
             "datacontenttype":"application/json","data":{"tenant":"acme"}}""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ce_%s",
                "ce-%s",
                "Ce-%s",
                "CE_%S",
                "CE-%S",
                "ce:%s",
                "ce.%s",
                "cloudEvents:%s",
                "cloudEvents_%s",
                "cloudevents-%s",
                "CloudEvent_%s",
                "ce%s"
            })
    void readsABinaryEventUnderOtherPrefixes(String pattern) throws InvalidEventException {
        Received received = plain();
        received.header(String.format(pattern, "specversion"), "1.0");
        received.header(String.format(pattern, "id"), "c-1");
        received.header(String.format(pattern, "source"), "/signup");
        received.header(String.format(pattern, "type"), EventType.TENANT_CREATED.type());
        received.header(String.format(pattern, "time"), "2026-11-22T10:00:00Z");

        assertIsTheEvent(received);
        assertThat(received.decode().time()).hasToString("2026-11-22T10:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ce-SpecVersion", "ceSpecVersion", "Ce-Spec-Version", "ce_spec_version"})
    void readsTheVersionHoweverItIsSpelled(String name) throws InvalidEventException {
        assertIsTheEvent(plain().header(name, "1.0")
                .header("Ce-Id", "c-1")
                .header("ceSource", "/signup")
                .header("Ce-Type", EventType.TENANT_CREATED.type()));
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Type, application/cloudevents+json",
        "CONTENT-TYPE, application/cloudevents+json; charset=UTF-8",
        "content-type, application/cloudevents",
        "content_type, application/cloudevents+json",
        "contentType, '\"application/cloudevents+json\"'",
        "x-unknown, 1"
    })
    void readsAStructuredEventUnderOtherContentTypesAndWithoutOne(String name, String value)
            throws InvalidEventException {
        assertIsTheEvent(plain().value(STRUCTURED).header(name, value));
    }

    @Test
    void aFrameworksOwnContentTypeDoesNotHideTheEvent() throws InvalidEventException {
        assertIsTheEvent(plain().value(STRUCTURED).header("contentType", "\"application/json\""));
        assertIsTheEvent(plain().value(STRUCTURED).header("content-type", "application/json"));
        assertIsTheEvent(plain().value(STRUCTURED)
                .header("content-type", "application/cloudevents+json")
                .header("contentType", "text/plain"));
    }

    @Test
    void aStructuredEventWithoutAnIdIsNotPlainJson() {
        assertThat(plain().value(STRUCTURED.replace("\"id\":\"c-1\",", "")).refusal())
                .startsWith("id is missing");
        assertThat(plain().value(STRUCTURED.replace("\"specversion\":\"1.0\",", "\"specversion\":\"0.3\","))
                        .refusal())
                .startsWith("specversion is \"0.3\"");
    }

    @Test
    void aFieldOfThisNameAloneMakesNoEvent() throws InvalidEventException {
        assertThat(plain().value("{\"tenant\":\"acme\",\"specversion\":\"3\"}")
                        .decode()
                        .source())
                .startsWith("kafka:");
    }

    /** Flattened, so that it would be data as well. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"specVersion\":\"1.0\",\"id\":\"c-1\",\"tenant\":\"acme\"}",
                "{\"SpecVersion\":\"1.0\",\"Source\":\"/signup\",\"tenant\":\"acme\"}",
                "{\"spec_version\":\"1.0\",\"type\":\"t\",\"tenant\":\"acme\"}",
                "{\"ce_specversion\":\"1.0\",\"ce_id\":\"c-1\",\"tenant\":\"acme\"}",
                "{\"ce-specversion\":\"1.0\",\"ce-source\":\"/s\",\"tenant\":\"acme\"}",
                "{\"cloudEventsVersion\":\"0.1\",\"eventID\":\"c-1\",\"tenant\":\"acme\"}",
                "{\"specversion\":\"1.0\",\"ID\":\"c-1\",\"tenant\":\"acme\"}",
                "{\"specversion\":null,\"id\":\"c-1\",\"tenant\":\"acme\"}"
            })
    void anEventWithAttributesUnderOtherNamesIsNotPlainJson(String value) {
        assertThat(plain().value(value).refusal()).startsWith("field \"").contains("expected specversion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "specVersion", "SPEC_VERSION", "cloudEventsVersion"})
    void aFieldOfAnySpellingAloneMakesNoEvent(String name) throws InvalidEventException {
        assertThat(plain().value("{\"tenant\":\"acme\",\"" + name + "\":\"3\",\"correlationId\":\"7\"}")
                        .decode()
                        .source())
                .startsWith("kafka:");
    }

    @Test
    void oneHeaderUnderAnotherNameMakesItAnEventThatMustBeWhole() {
        assertThat(plain().header("Ce-Id", "c-1").refusal())
                .isEqualTo("specversion is missing; expected 1.0, in header ce_specversion; the record has Ce-Id");
        assertThat(plain().header("cloudEvents:eventID", "c-1").refusal()).contains("cloudEvents:eventID");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"specversion", "Spec-Version", "x-ce-specversion", "kafka_ce_specversion", "cloudEventsVersion"})
    void aHeaderThatOnlyACloudEventHasIsNotPassedOver(String name) {
        assertThat(plain().header(name, "1.0").refusal()).contains('"' + name + '"', "expected ce_specversion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cent-id", "cereal", "certificate", "source", "id", "type", "version"})
    void otherHeadersAreNone(String name) throws InvalidEventException {
        assertThat(plain().header(name, "1").decode().source()).startsWith("kafka:");
    }

    @Test
    void headersThatContradictEachOtherAreRefused() throws InvalidEventException {
        Received received = event().header("Ce-Id", "c-2");
        assertThat(received.refusal())
                .isEqualTo("header ce_id is \"id-1\", and header Ce-Id is \"c-2\"; expected one of them");
        assertThat(event().more("ce_id", "c-2").refusal())
                .isEqualTo("header ce_id is there twice, \"id-1\" and \"c-2\"; expected once");
        assertThat(event().more("ce_id", null).refusal())
                .isEqualTo("header ce_id is there twice, \"id-1\" and without a value; expected once");
        assertThat(event().header("Content-Type", "application/cloudevents+json")
                        .refusal())
                .contains("content-type", "Content-Type");
        assertThat(event().more("ce_id", "id-1")
                        .header("Ce-Id", "id-1")
                        .decode()
                        .id())
                .isEqualTo("id-1");
    }

    @Test
    void aHeaderWithoutValueOrNotInUtf8IsNamed() {
        assertThat(event().header("ce_id", (String) null).refusal())
                .isEqualTo("id is missing: header ce_id has no value");
        assertThat(plain().header("Ce-Id", new byte[] {(byte) 0xff})
                        .header("Ce-Specversion", "1.0")
                        .refusal())
                .startsWith("header Ce-Id is ")
                .endsWith("expected UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-type", "Content-Type"})
    void aBatchIsRefusedByItsName(String name) {
        String where = name.equals("content-type") ? "" : ", in " + name;
        assertThat(plain().header(name, "application/cloudevents-batch+json")
                        .value("[" + STRUCTURED + "]")
                        .refusal())
                .startsWith("the content type is \"application/cloudevents-batch+json\"" + where
                        + ", several events in one record");
        assertThat(plain().value("[" + STRUCTURED + "]").refusal()).contains("send a record for each event");
        assertThat(plain().header(name, "application/cloudevents+avro").refusal())
                .startsWith("the content type is \"application/cloudevents+avro\"" + where);
    }

    @Test
    void theBytesOfASchemaRegistryAreNamed() {
        byte[] json = "{\"tenant\":\"acme\"}".getBytes(UTF_8);
        byte[] confluent = ByteBuffer.allocate(5 + json.length)
                .put((byte) 0)
                .putInt(1042)
                .put(json)
                .array();
        byte[] glue = ByteBuffer.allocate(18 + json.length)
                .put((byte) 3)
                .put(new byte[17])
                .put(json)
                .array();

        assertThat(plain().value(confluent).refusal()).contains("schema's id (1042)", "value.serializer");
        assertThat(event().value(confluent).refusal()).contains("schema's id (1042)", "value.serializer");
        assertThat(Received.structured(Topic.TENANT_CREATED, "")
                        .value(confluent)
                        .refusal())
                .contains("schema's id (1042)");
        assertThat(plain().value(glue).refusal()).contains("AWS Glue", "value.serializer");
        assertThat(plain().key(ByteBuffer.allocate(9)
                                .put((byte) 0)
                                .putInt(7)
                                .put("acme".getBytes(UTF_8))
                                .array())
                        .refusal())
                .contains("schema's id (7)", "key.serializer");
    }

    @Test
    void theQuotesAndTheSchemaOfAConverterAreNamed() {
        String quoted = "\"{\\\"tenant\\\":\\\"acme\\\"}\"";
        assertThat(plain().value(quoted).refusal()).contains("JSON in quotes", "value.converter StringConverter");
        assertThat(event().value(quoted).refusal()).contains("JSON in quotes");
        assertThat(plain().value("{\"schema\":{\"type\":\"struct\"},\"payload\":{\"tenant\":\"acme\"}}")
                        .refusal())
                .contains("value.converter.schemas.enable to false");
        assertThat(plain().key("\"acme\"").refusal())
                .startsWith("the key is \"\"acme\"\"")
                .contains("key.converter StringConverter");
        assertThat(plain().key("{\"schema\":{\"type\":\"string\"},\"payload\":\"acme\"}")
                        .refusal())
                .contains("key.converter StringConverter");
    }

    @Test
    void anEventInTheDataOfAnotherIsNamed() {
        assertThat(event().value(STRUCTURED).refusal())
                .startsWith("tenant is missing")
                .contains("\"specversion\"", "set header content-type to application/cloudevents+json");
        assertThat(plain().value("{\"specVersion\":\"1.0\",\"data\":{\"tenant\":\"acme\"}}")
                        .refusal())
                .contains("\"specVersion\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"tenant\":",
                "{\"tenant\":\"a",
                "[",
                "[[",
                "{}{}",
                "{\"tenant\":[]}",
                "{\"tenant\":3}",
                "{\"tenant\":{}}",
                "{\"tenant\":\"acme\",\"databases\":{}}",
                "{\"tenant\":\"acme\",\"databases\":\"x\"}",
                "{\"tenant\":\"acme\",\"attributes\":[]}",
                "{\"tenant\":\"acme\",\"attributes\":{\"a\":{}}}",
                "{\"tenant\":\"acme\",\"tenant\":\"acme\"}",
                "3",
                "tru",
                "\"x\"",
                "{\"tenant\":\"\\q\"}",
                "{\"tenant\":\"\t\"}",
                "{'tenant':'acme'}",
                "NaN",
                "\uFEFF{\"tenant\":\"acme\"}"
            })
    void noMessageNamesAClassOrASetting(String value) {
        for (Received received : new Received[] {
            plain(), event(), Received.on(Topic.ROLLOUT_REQUESTED).key("acme")
        }) {
            assertForPeople(received.value(value).refusal());
        }
        assertForPeople(Received.structured(Topic.TENANT_CREATED, value).refusal());
        assertForPeople(Received.structured(Topic.TENANT_CREATED, STRUCTURED.replace("{\"tenant\":\"acme\"}", "3"))
                .refusal());
        assertForPeople(Received.structured(
                        Topic.TENANT_CREATED,
                        STRUCTURED.replace("\"data\":{\"tenant\":\"acme\"}", "\"data_base64\":\"%%\""))
                .refusal());
        assertForPeople(Received.structured(
                        Topic.TENANT_CREATED,
                        STRUCTURED.replace(
                                "\"data\":",
                                "\"data_base64\":\"" + Base64.getEncoder().encodeToString(new byte[] {1})
                                        + "\",\"data\":"))
                .refusal());
        assertForPeople(plain().value("[".repeat(100_000)).refusal());
        assertForPeople(plain().value("{\"tenant\":\"acme\",\"attempt\":" + "9".repeat(5000) + "}x")
                .refusal());
    }

    private static void assertForPeople(String message) {
        assertThat(message)
                .doesNotContain("REDACTED", "`", "Exception", "jackson", "DeserializationFeature", "StreamRead")
                .doesNotContainPattern("\\b[a-z]+\\.[a-z.]+\\.[A-Z]")
                .doesNotContainPattern("START_|VALUE_|JsonToken");
    }

    private static void assertIsTheEvent(Received received) throws InvalidEventException {
        Event<?> event = received.decode();
        assertThat(event.id()).isEqualTo("c-1");
        assertThat(event.source()).isEqualTo("/signup");
        assertThat(event.data().key()).isEqualTo("acme");
    }

    private static Received plain() {
        return Received.on(Topic.TENANT_CREATED).key("acme").value("{\"tenant\":\"acme\"}");
    }

    private static Received event() {
        return Received.event(EventType.TENANT_CREATED);
    }
}
