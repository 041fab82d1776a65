package io.tenantry.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The CloudEvents envelope of a record. Only the attributes that Tenantry uses are handed to the CloudEvents library,
 * which refuses an event for an extension whose name it does not like; we ignore such an extension.
 */
final class Envelope {
    static final String CONTENT_TYPE = "content-type";
    static final String PREFIX = "ce_";
    static final String TRACEPARENT = "traceparent";

    private static final String DATA_CONTENT_TYPE = "datacontenttype";
    private static final List<String> ATTRIBUTES = List.of("specversion", "id", "source", "type", "time");
    private static final List<String> DATA = List.of("data", "data_base64");

    /** <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>, also later versions. */
    private static final Pattern TRACE =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.{0,100})?");

    private final DataJson json;
    private final JsonFormat format = new JsonFormat();

    Envelope(DataJson json) {
        this.json = json;
    }

    CloudEvent fromHeaders(Headers received, byte[] value) throws InvalidEventException {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String name : ATTRIBUTES) {
            String text = header(received, PREFIX + name);
            if (text != null) {
                attributes.put(name, text);
            }
        }
        check(attributes);

        RecordHeaders headers = new RecordHeaders();
        attributes.forEach((name, text) -> headers.add(PREFIX + name, text.getBytes(StandardCharsets.UTF_8)));
        return parsed(() -> KafkaMessageFactory.createReader(headers, value).toEvent());
    }

    CloudEvent fromValue(byte[] value) throws InvalidEventException {
        ObjectNode received = json.read(value, ObjectNode.class);
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String name : ATTRIBUTES) {
            String text = attribute(received, name);
            if (text != null) {
                attributes.put(name, text);
            }
        }
        check(attributes);
        String contentType = attribute(received, DATA_CONTENT_TYPE);
        checkJson(contentType);

        ObjectNode event = received.objectNode();
        attributes.forEach(event::put);
        DATA.stream().filter(received::hasNonNull).forEach(name -> event.set(name, received.get(name)));
        JsonNode trace = received.get(TRACEPARENT);
        if (trace != null
                && trace.isTextual()
                && TRACE.matcher(trace.textValue()).matches()) {
            event.set(TRACEPARENT, trace);
        }
        return parsed(() -> format.deserialize(json.write(event)));
    }

    /** The trace that a record's headers name; null if there is none that can be read, which is no error. */
    static @Nullable String trace(Headers headers) {
        for (String name : List.of(PREFIX + TRACEPARENT, TRACEPARENT)) {
            Header header = headers.lastHeader(name);
            String text = header == null || header.value() == null ? null : DataJson.utf8(header.value());
            if (text != null && TRACE.matcher(text).matches()) {
                return text;
            }
        }
        return null;
    }

    /** Whether the whole event is in the value, which the content type decides, whatever other headers there are. */
    static boolean isStructured(@Nullable String contentType) {
        return contentType != null && mediaType(contentType).equals(JsonFormat.CONTENT_TYPE);
    }

    static void checkJson(@Nullable String contentType) throws InvalidEventException {
        if (contentType == null) {
            return;
        }
        String mediaType = mediaType(contentType);
        if (!mediaType.equals("application/json") && !mediaType.equals("text/json") && !mediaType.endsWith("+json")) {
            throw new InvalidEventException(
                    "the content type is " + Excerpt.quoted(contentType) + "; expected application/json");
        }
    }

    /** The text of a header; null if there is no such header, or it has no value. */
    static @Nullable String header(Headers headers, String name) throws InvalidEventException {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            return null;
        }
        String text = DataJson.utf8(header.value());
        if (text == null) {
            throw new InvalidEventException("header " + name + " is "
                    + Excerpt.quoted(new String(header.value(), StandardCharsets.UTF_8)) + "; expected UTF-8");
        }
        return text;
    }

    private static @Nullable String attribute(ObjectNode event, String name) throws InvalidEventException {
        JsonNode node = event.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw new InvalidEventException(
                    name + " is a JSON " + node.getNodeType().name().toLowerCase(Locale.ROOT) + "; expected a string");
        }
        return node.textValue();
    }

    private static void check(Map<String, String> attributes) throws InvalidEventException {
        String version = attributes.get("specversion");
        if (version == null) {
            throw new InvalidEventException("specversion is missing; expected 1.0");
        }
        if (!version.equals(SpecVersion.V1.toString())) {
            throw new InvalidEventException("specversion is " + Excerpt.quoted(version) + "; expected 1.0");
        }
        Rules.identity("id", attributes.get("id"));
        Rules.identity("source", attributes.get("source"));
        if (!attributes.containsKey("type")) {
            throw new InvalidEventException("type is missing");
        }
    }

    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        String mediaType = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return mediaType.trim().toLowerCase(Locale.ROOT);
    }

    private interface Parser {
        CloudEvent parse();
    }

    private static CloudEvent parsed(Parser parser) throws InvalidEventException {
        try {
            return parser.parse();
        } catch (RuntimeException e) {
            // The library has no common type for "this is not a CloudEvent".
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new InvalidEventException("not a CloudEvent: " + Excerpt.escaped(Excerpt.cut(reason, 300)), e);
        }
    }
}
