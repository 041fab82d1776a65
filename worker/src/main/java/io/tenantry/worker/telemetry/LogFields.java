package io.tenantry.worker.telemetry;

import io.tenantry.contracts.RequestRef;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the log lines about one request have besides their message (slf4j's MDC). The values come from events: characters
 * that do not show, for example line breaks, are replaced by question marks.
 */
public final class LogFields {
    /** The {@code ce_id} of the request. */
    public static final String REQUEST_ID = "requestId";
    /** The key of the request: its tenant, or its shared database. */
    public static final String TENANT = "tenant";
    /** Topic, partition and offset are where the record of the request is in Kafka. */
    public static final String TOPIC = "topic";

    public static final String PARTITION = "partition";
    public static final String OFFSET = "offset";
    public static final String TRACEPARENT = "traceparent";

    /** In UTF-16 units. An id that is accepted is not longer. */
    private static final int LONGEST_VALUE = 512;

    private final Map<String, String> fields = new HashMap<>();

    private LogFields() {}

    /**
     * Of a request.
     *
     * @param tenant the key of the request
     * @param traceparent null if it has none
     */
    public static LogFields of(RequestRef ref, String tenant, @Nullable String traceparent) {
        return of(ref).and(TENANT, tenant).and(TRACEPARENT, traceparent);
    }

    /** Of a request of which no more is known. */
    public static LogFields of(RequestRef ref) {
        return of(ref.topic(), ref.partition(), ref.offset()).and(REQUEST_ID, ref.id());
    }

    /** Of a record that is not understood. */
    public static LogFields of(String topic, int partition, long offset) {
        return new LogFields()
                .and(TOPIC, topic)
                .and(PARTITION, Integer.toString(partition))
                .and(OFFSET, Long.toString(offset));
    }

    /** Adds a field; null adds none. */
    public LogFields and(String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, visible(value));
        }
        return this;
    }

    /** The fields by name. */
    public Map<String, String> map() {
        return Map.copyOf(fields);
    }

    /** Sets the fields for the log lines of this thread; what it had before is back when the scope is closed. */
    public Scope open() {
        return new Scope(fields);
    }

    /** For the thread that opened it. */
    public static final class Scope implements AutoCloseable {
        private final @Nullable Map<String, String> before = MDC.getCopyOfContextMap();

        private Scope(Map<String, String> fields) {
            MDC.setContextMap(fields);
        }

        @Override
        public void close() {
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        }
    }

    private static String visible(String value) {
        String cut = value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE);
        if (isPlain(cut)) {
            return cut;
        }
        StringBuilder visible = new StringBuilder(cut.length());
        cut.codePoints().forEach(c -> visible.appendCodePoint(VisibleText.shows(c) ? c : '?'));
        return visible.toString();
    }

    /** Most values are, and each request has several. */
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}
