package io.tenantry.contracts;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record that say which event it is. The Kafka binding of CloudEvents calls them {@code ce_id} and
 * {@code content-type}; producers that know HTTP or AMQP write {@code Ce-Id}, {@code cloudEvents:id} or {@code
 * Content-Type}, and Kafka takes these for other headers. All mean the same here. Two that contradict each other are
 * refused.
 */
final class ReceivedHeaders {
    private static final String CONTENT_TYPE = "content-type";
    private static final String JOINED_CONTENT_TYPE = "contenttype";
    private static final Pattern PREFIXED = Pattern.compile("(?:ce|cloudevents?)[-_:.](.*)", Pattern.DOTALL);
    private static final Pattern JOINED = Pattern.compile("(?:ce|cloudevents?)(specversion|id|source|type|time)");
    /** Every event has this attribute, so a header whose name ends with it belongs to an event. */
    private static final Pattern ANY_SPECVERSION = Pattern.compile("(?:.*[^a-z])?(?:specversion|cloudeventsversion)");

    private static final Pattern SPEC_VERSION = Pattern.compile("spec[-_]version");
    private static final String SEPARATORS = "-_.: ";

    private final Headers headers;
    /** The headers by attribute. */
    private final Map<String, List<Header>> attributes = new LinkedHashMap<>();

    ReceivedHeaders(Headers headers) {
        this.headers = headers;
        for (Header header : headers) {
            String attribute = attribute(header.key());
            if (attribute != null) {
                attributes.computeIfAbsent(attribute, name -> new ArrayList<>()).add(header);
            }
        }
    }

    /** The attribute of CloudEvents that a header of this name holds; null if it is no such header. */
    private static @Nullable String attribute(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        Matcher prefixed = PREFIXED.matcher(name);
        if (prefixed.matches()) {
            return withJoinedSpecversion(prefixed.group(1));
        }
        Matcher joined = JOINED.matcher(name);
        return joined.matches() ? joined.group(1) : null;
    }

    private static String withJoinedSpecversion(String name) {
        return SPEC_VERSION.matcher(name).replaceAll("specversion");
    }

    /** Whether there is any header of CloudEvents. */
    boolean hasAttributes() {
        return !attributes.isEmpty();
    }

    /**
     * A header that only a CloudEvent has, under a name that is not read.
     *
     * @return its name; null if there is none
     */
    @Nullable String unknownSpecversion() {
        for (Header header : headers) {
            if (ANY_SPECVERSION
                    .matcher(withJoinedSpecversion(header.key().toLowerCase(Locale.ROOT)))
                    .matches()) {
                return header.key();
            }
        }
        return null;
    }

    /** The text of an attribute; null if there is no such header, or it has no value. */
    @Nullable String text(String attribute) throws InvalidEventException {
        return theOne(attributes.getOrDefault(attribute, List.of()));
    }

    /**
     * For the end of a message about an attribute that is missing; empty where the names are those of the Kafka
     * binding.
     */
    String found(String missing) {
        List<Header> without = attributes.getOrDefault(missing, List.of());
        if (!without.isEmpty()) {
            return ": header " + shown(without.get(0)) + " has no value";
        }
        List<String> names = attributes.values().stream()
                .flatMap(List::stream)
                .map(Header::key)
                .distinct()
                .toList();
        return names.stream().allMatch(name -> name.startsWith(Envelope.PREFIX))
                ? ""
                : ", in header " + Envelope.PREFIX + missing + "; the record has "
                        + names.stream()
                                .limit(5)
                                .map(name -> Excerpt.escaped(Excerpt.cut(name, 50)))
                                .collect(Collectors.joining(", "));
    }

    /**
     * The header that says what the value is, under any spelling. A header {@code contentType}, which frameworks set by
     * themselves, counts only if its value names CloudEvents.
     *
     * @return null if there is none, or it has no value
     */
    @Nullable ContentType contentType() throws InvalidEventException {
        List<Header> named = new ArrayList<>();
        List<Header> similar = new ArrayList<>();
        for (Header header : headers) {
            String name = header.key().toLowerCase(Locale.ROOT);
            if (name.equals(CONTENT_TYPE)) {
                named.add(header);
            } else if (isContentType(name)) {
                similar.add(header);
            }
        }
        String text = theOne(named);
        if (text != null) {
            return new ContentType(named.get(0).key(), text);
        }
        for (Header header : similar) {
            String value = text(header);
            ContentType type = value == null ? null : new ContentType(header.key(), value.replace("\"", ""));
            if (type != null && type.isAboutCloudEvents()) {
                return type;
            }
        }
        return null;
    }

    /** Whether a name is {@code contenttype} without its separators. */
    private static boolean isContentType(String name) {
        int matched = 0;
        for (int i = 0; i < name.length(); i++) {
            char next = name.charAt(i);
            if (SEPARATORS.indexOf(next) < 0) {
                if (matched == JOINED_CONTENT_TYPE.length() || JOINED_CONTENT_TYPE.charAt(matched) != next) {
                    return false;
                }
                matched++;
            }
        }
        return matched == JOINED_CONTENT_TYPE.length();
    }

    /** The text that these headers agree on; null if there are none, or none has a value. */
    private static @Nullable String theOne(List<Header> same) throws InvalidEventException {
        if (same.isEmpty()) {
            return null;
        }
        Header first = same.get(0);
        String text = text(first);
        for (Header other : same.subList(1, same.size())) {
            String otherText = text(other);
            if (text == null ? otherText != null : !text.equals(otherText)) {
                throw new InvalidEventException(
                        first.key().equals(other.key())
                                ? "header " + shown(first) + " is there twice, " + shown(text) + " and "
                                        + shown(otherText) + "; expected once"
                                : "header " + shown(first) + " is " + shown(text) + ", and header " + shown(other)
                                        + " is " + shown(otherText) + "; expected one of them");
            }
        }
        return text;
    }

    private static @Nullable String text(Header header) throws InvalidEventException {
        if (header.value() == null) {
            return null;
        }
        String text = DataJson.utf8(header.value());
        if (text == null) {
            throw new InvalidEventException("header " + shown(header) + " is "
                    + Excerpt.quoted(new String(header.value(), StandardCharsets.UTF_8)) + "; expected UTF-8");
        }
        return text;
    }

    private static String shown(Header header) {
        return Excerpt.escaped(Excerpt.cut(header.key(), 80));
    }

    private static String shown(@Nullable String text) {
        return text == null ? "without a value" : Excerpt.quoted(text);
    }
}
