package io.tenantry.worker.operator.deadletters;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a record is in Kafka; written as in the worker's log, {@code tenant.created-3@42}.
 *
 * @param topic the name in Kafka, with its prefix
 */
public record Place(String topic, int partition, long offset) implements Comparable<Place> {
    private static final Pattern TEXT = Pattern.compile("(.+)(?:-(\\d{1,9})@|/(\\d{1,9})/)(\\d{1,18})");

    private static final Comparator<Place> ORDER = Comparator.comparing(Place::topic)
            .thenComparingInt(Place::partition)
            .thenComparingLong(Place::offset);

    /** From {@code topic-partition@offset} or {@code topic/partition/offset}; empty if it is neither. */
    public static Optional<Place> of(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String partition = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        return Optional.of(new Place(matcher.group(1), Integer.parseInt(partition), Long.parseLong(matcher.group(4))));
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    @Override
    @JsonValue
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
