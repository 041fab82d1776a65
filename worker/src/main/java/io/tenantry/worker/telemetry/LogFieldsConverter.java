package io.tenantry.worker.telemetry;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code %fields} in the pattern of a text log: the {@link LogFields} of a line as {@code [tenant=acme requestId=17
 * record=tenant.created-3@42 traceparent=00-...]} after a blank, those that the line has; nothing if it has none.
 */
public final class LogFieldsConverter extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        Map<String, String> fields = event.getMDCPropertyMap();
        if (fields.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        append(text, LogFields.TENANT, fields.get(LogFields.TENANT));
        append(text, LogFields.REQUEST_ID, fields.get(LogFields.REQUEST_ID));
        append(text, "record", record(fields));
        append(text, LogFields.TRACEPARENT, fields.get(LogFields.TRACEPARENT));
        return text.isEmpty() ? "" : text.append(']').toString();
    }

    private static @Nullable String record(Map<String, String> fields) {
        String topic = fields.get(LogFields.TOPIC);
        return topic == null
                ? null
                : topic + "-" + fields.get(LogFields.PARTITION) + "@" + fields.get(LogFields.OFFSET);
    }

    private static void append(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(text.isEmpty() ? " [" : " ").append(name).append('=').append(value);
        }
    }
}
