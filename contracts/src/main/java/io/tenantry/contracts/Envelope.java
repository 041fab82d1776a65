package io.tenantry.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The CloudEvents envelope of a record. Only the attributes that Tenantry uses are handed to the CloudEvents library.
 * The library refuses an event if the name of an extension breaks its rules; we ignore such an extension.
 */
final class Envelope {
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

    CloudEvent fromHeaders(ReceivedHeaders received, byte[] value) throws InvalidEventException {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String name : ATTRIBUTES) {
            String text = received.text(name);
            if (text != null) {
                attributes.put(name, text);
            }
        }
        check(attributes, received::found);

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
        check(attributes, missing -> "");
        String contentType = attribute(received, DATA_CONTENT_TYPE);
        if (contentType != null) {
            new ContentType(DATA_CONTENT_TYPE, contentType).checkJson();
        }

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

    /**
     * Whether a value without any header of CloudEvents is one in structured mode: it says so itself. The field alone
     * may be one that we do not know.
     */
    static boolean isStructured(JsonNode value) {
        return value.hasNonNull("specversion")
                && Stream.of("id", "source", "type", "data", "data_base64").anyMatch(value::has);
    }

    /** The field that only a CloudEvent has, however it is spelled; null if there is none. */
    static @Nullable String specversionField(JsonNode value) {
        for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            String plain = plain(name);
            if (plain.endsWith("specversion") || plain.equals("cloudeventsversion")) {
                return name;
            }
        }
        return null;
    }

    /**
     * The field that names the version in an event whose attributes are spelled otherwise than they should be; null if
     * the value does not look like one. The field alone, without an identity, may be one that we do not know.
     */
    static @Nullable String misspeltSpecversion(JsonNode value) {
        String version = specversionField(value);
        if (version == null) {
            return null;
        }
        String prefix = plain(version).replaceFirst("(spec|cloudevents)version$", "");
        Set<String> others = Stream.of("id", "source", "type", "eventid", "eventtype")
                .map(prefix::concat)
                .collect(Collectors.toSet());
        for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
            if (others.contains(plain(names.next()))) {
                return version;
            }
        }
        return null;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_.: ]", "");
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

    /** @param found said of an attribute that is missing, as to which headers there are */
    private static void check(Map<String, String> attributes, UnaryOperator<String> found)
            throws InvalidEventException {
        String version = attributes.get("specversion");
        if (version == null) {
            throw new InvalidEventException("specversion is missing; expected 1.0" + found.apply("specversion"));
        }
        if (!version.equals(SpecVersion.V1.toString())) {
            throw new InvalidEventException("specversion is " + Excerpt.quoted(version) + "; expected 1.0");
        }
        for (String name : List.of("id", "source", "type")) {
            if (!attributes.containsKey(name)) {
                throw new InvalidEventException(name + " is missing" + found.apply(name));
            }
        }
        Rules.identity("id", attributes.get("id"));
        Rules.identity("source", attributes.get("source"));
        checkSource(Objects.requireNonNull(attributes.get("source")));
        String time = attributes.get("time");
        if (time != null) {
            checkTime(time);
        }
    }

    private static void checkSource(String source) throws InvalidEventException {
        try {
            var unused = new URI(source);
        } catch (URISyntaxException e) {
            throw new InvalidEventException(
                    "not a CloudEvent: source is " + Excerpt.quoted(source) + "; expected a URI reference", e);
        }
    }

    private static void checkTime(String time) throws InvalidEventException {
        try {
            var unused = OffsetDateTime.parse(time);
        } catch (DateTimeException e) {
            throw new InvalidEventException(
                    "not a CloudEvent: time is " + Excerpt.quoted(time)
                            + "; expected a time as in RFC 3339, such as 2026-11-22T10:00:00Z",
                    e);
        }
    }

    private interface Parser {
        CloudEvent parse();
    }

    private static CloudEvent parsed(Parser parser) throws InvalidEventException {
        try {
            return parser.parse();
        } catch (RuntimeException e) {
            // The library has no common type for "this is not a CloudEvent".
            throw new InvalidEventException("not a CloudEvent: " + JsonFault.reason(e.getMessage()), e);
        }
    }
}
