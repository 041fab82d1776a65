package io.tenantry.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Recognizes what a producer's serializer or converter puts around JSON, and names the setting that prevents it. */
final class Wrapping {
    private static final int MAGIC_AND_ID = 5;
    private static final int GLUE_HEADER = 18;

    private final DataJson json;

    Wrapping(DataJson json) {
        this.json = json;
    }

    /** Advice for a value that could not be read; null if its form is not known. */
    @Nullable String ofValue(byte[] value) {
        String registry = registry(value, "value");
        if (registry != null) {
            return registry;
        }
        JsonNode node = json.tree(value);
        if (node == null) {
            return null;
        }
        if (node.isTextual() && startsLikeJson(node.textValue())) {
            return "the value is JSON in quotes, as a JSON serializer or converter makes of text that is JSON already:"
                    + " use a string serializer, with Kafka Connect value.converter StringConverter";
        }
        if (isConnects(node)) {
            return "the value has schema and payload, as Kafka Connect's JsonConverter writes: set"
                    + " value.converter.schemas.enable to false";
        }
        if (node.isArray()) {
            return "the value is an array: send a record for each event";
        }
        return null;
    }

    /**
     * Advice for data that could not be read and may be a whole event, without the header that says so; null if it is
     * not.
     */
    @Nullable String ofData(byte[] value) {
        JsonNode node = json.tree(value);
        String version = node == null ? null : Envelope.specversionField(node);
        return version == null
                ? null
                : "the value has the field " + Excerpt.quoted(version)
                        + ", as a CloudEvent in structured mode: set header content-type to"
                        + " application/cloudevents+json, or let the value be the event's data alone";
    }

    /** Advice for a key that differs from the expected one; null if its form is not known. */
    @Nullable String ofKey(byte[] key) {
        String registry = registry(key, "key");
        if (registry != null) {
            return registry;
        }
        JsonNode node = json.tree(key);
        return node != null && (node.isTextual() || isConnects(node))
                ? "the key is JSON, as a JSON serializer or converter writes: use a string serializer, with Kafka Connect"
                        + " key.converter StringConverter"
                : null;
    }

    /** JSON never begins with these bytes. */
    private static @Nullable String registry(byte[] bytes, String what) {
        if (bytes.length >= MAGIC_AND_ID && bytes[0] == 0) {
            return "the " + what + " begins with a zero byte and a schema's id ("
                    + ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt()
                    + "), as the serializer of a schema registry writes: set " + what
                    + ".serializer to one that writes plain text, with Kafka Connect " + what + ".converter to "
                    + plainConverter(what);
        }
        if (bytes.length >= GLUE_HEADER && bytes[0] == 3 && (bytes[1] == 0 || bytes[1] == 5)) {
            return "the " + what + " begins with the 18 bytes of AWS Glue's schema registry: set " + what
                    + ".serializer to one that writes plain text, with Kafka Connect " + what + ".converter to "
                    + plainConverter(what);
        }
        return null;
    }

    private static String plainConverter(String what) {
        return what.equals("key") ? "StringConverter" : "JsonConverter, and value.converter.schemas.enable to false";
    }

    private static boolean isConnects(JsonNode node) {
        return node.isObject() && node.size() == 2 && node.has("schema") && node.has("payload");
    }

    private static boolean startsLikeJson(String text) {
        String start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[") || start.startsWith("\"");
    }
}
