package io.tenantry.worker.input;

import io.tenantry.contracts.Topic;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that no producer should send.
 *
 * @param name for the report of the tests
 * @param message what its dead letter says
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes are what producers send.
record BadRecord(
        String name,
        Topic topic,
        @Nullable String key,
        byte @Nullable [] value,
        Map<String, String> headers,
        String message) {

    static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final String TENANT_PATTERN = "[a-z0-9][a-z0-9_-]{0,47}";
    private static final String INJECTION = "'; drop schema precious cascade; --";
    private static final String LONG_NAME = "a".repeat(49);

    static List<BadRecord> all() {
        return List.of(
                signupOfBytes("bytes that are no text", "acme", new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1})
                        .says("the JSON is not UTF-8; expected UTF-8"),
                signupOfBytes("a tombstone", "acme", null)
                        .says("the record has no value (a tombstone); expected an event"),
                signup("no bytes at all", "acme", "").says("the event has no data; expected a JSON object"),
                signup("null", "acme", "null").says("the JSON is null; expected an object"),
                signup("a number as the tenant", "5", "{\"tenant\":5}")
                        .says("field \"tenant\" has the wrong type; expected a string"),
                signup("a string as the databases", "acme", "{\"tenant\":\"acme\",\"databases\":\"users\"}")
                        .says("field \"databases\" has the wrong type; expected an array"),
                signup("no tenant", "acme", "{}").says("tenant is missing; expected " + TENANT_PATTERN),
                signup("a capital letter", "Acme", "{\"tenant\":\"Acme\"}")
                        .says("tenant is \"Acme\"; expected " + TENANT_PATTERN),
                signup("a name that is too long", LONG_NAME, "{\"tenant\":\"" + LONG_NAME + "\"}")
                        .says("tenant is \"" + LONG_NAME + "\"; expected " + TENANT_PATTERN),
                signup("SQL as the tenant", INJECTION, "{\"tenant\":\"" + INJECTION + "\"}")
                        .says("tenant is \"" + INJECTION + "\"; expected " + TENANT_PATTERN),
                signup("SQL as a database", "acme", "{\"tenant\":\"acme\",\"databases\":[\"" + INJECTION + "\"]}")
                        .says("databases is \"" + INJECTION + "\"; expected " + TENANT_PATTERN),
                signup("key and tenant differ", "acme", "{\"tenant\":\"other\"}")
                        .says("the key is \"acme\"; expected \"other\", as in the data"),
                signup("no key", null, "{\"tenant\":\"acme\"}")
                        .says("the record has no key; expected \"acme\", as in the data"),
                signup("no id", "acme", "{\"tenant\":\"acme\"}")
                        .without("ce_id")
                        .says("id is missing"),
                signup("another version of CloudEvents", "acme", "{\"tenant\":\"acme\"}")
                        .with("ce_specversion", "0.3")
                        .says("specversion is \"0.3\"; expected 1.0"),
                signup("another content type", "acme", "<tenant>acme</tenant>")
                        .with("content-type", "text/xml")
                        .says("the content type is \"text/xml\"; expected application/json"),
                signup("an unknown type", "acme", "{\"tenant\":\"acme\"}")
                        .with("ce_type", "io.tenantry.tenant.exploded.v1")
                        .says("type is \"io.tenantry.tenant.exploded.v1\"; expected on topic tenant.created:"
                                + " io.tenantry.tenant.created.v1"),
                structured("a structured event of an unknown type", "io.tenantry.tenant.exploded.v1")
                        .says("type is \"io.tenantry.tenant.exploded.v1\"; expected on topic tenant.created:"
                                + " io.tenantry.tenant.created.v1"),
                structured("a structured event of another topic", "io.tenantry.migration.requested.v1")
                        .says("type is \"io.tenantry.migration.requested.v1\"; expected on topic tenant.created:"
                                + " io.tenantry.tenant.created.v1"),
                migration("neither tenant nor database", "acme", "{\"target\":\"2\"}")
                        .says("tenant is missing; expected a tenant, or for a shared database its name as database,"
                                + " and not both"),
                migration("SQL as the target", "acme", "{\"tenant\":\"acme\",\"target\":\"" + INJECTION + "\"}")
                        .says("target is \"" + INJECTION + "\"; expected \"latest\" or a version such as 11 or 2.1, of"
                                + " at most 50 characters"),
                migration("a number as the target", "acme", "{\"tenant\":\"acme\",\"target\":2}")
                        .says("field \"target\" has the wrong type; expected a string"));
    }

    private static BadRecord signup(String name, @Nullable String key, String value) {
        return signupOfBytes(name, key, value.getBytes(StandardCharsets.UTF_8));
    }

    private static BadRecord signupOfBytes(String name, @Nullable String key, byte @Nullable [] value) {
        return new BadRecord(
                name, Topic.TENANT_CREATED, key, value, binaryHeaders("io.tenantry.tenant.created.v1"), "");
    }

    private static BadRecord migration(String name, String key, String value) {
        return new BadRecord(
                name,
                Topic.MIGRATION_REQUESTED,
                key,
                value.getBytes(StandardCharsets.UTF_8),
                binaryHeaders("io.tenantry.migration.requested.v1"),
                "");
    }

    private static BadRecord structured(String name, String type) {
        String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/test\",\"type\":\"" + type
                + "\",\"data\":{\"tenant\":\"acme\"}}";
        Map<String, String> headers =
                Map.of("content-type", "application/cloudevents+json", "traceparent", TRACEPARENT);
        return new BadRecord(name, Topic.TENANT_CREATED, "acme", event.getBytes(StandardCharsets.UTF_8), headers, "");
    }

    private static Map<String, String> binaryHeaders(String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", UUID.randomUUID().toString());
        headers.put("ce_source", "/test");
        headers.put("ce_type", type);
        headers.put("traceparent", TRACEPARENT);
        headers.put("content-type", "application/json");
        return headers;
    }

    private BadRecord says(String text) {
        return new BadRecord(name, topic, key, value, headers, text);
    }

    private BadRecord with(String header, String text) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(header, text);
        return new BadRecord(name, topic, key, value, changed, message);
    }

    private BadRecord without(String header) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.remove(header);
        return new BadRecord(name, topic, key, value, changed, message);
    }

    ProducerRecord<byte[], byte[]> toRecord(String prefix, int partition) {
        ProducerRecord<byte[], byte[]> next = new ProducerRecord<>(topic.name(prefix), partition, keyBytes(), value);
        headers.forEach((header, text) -> next.headers().add(header, text.getBytes(StandardCharsets.UTF_8)));
        return next;
    }

    byte @Nullable [] keyBytes() {
        return key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return name;
    }
}
