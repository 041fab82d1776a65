package io.tenantry.contracts;

import io.cloudevents.jackson.JsonFormat;
import java.util.Locale;

/**
 * What the value of a record, or the data of an event, says it is.
 *
 * @param where the name of the header or attribute
 * @param text as it was received
 */
record ContentType(String where, String text) {
    /** The header of the Kafka binding, which a message need not name. */
    private static final String NAME = "content-type";

    private static final String CLOUD_EVENTS = "application/cloudevents";

    /** Whether the whole event is in the value; JSON is the format where none is named. */
    boolean isStructured() {
        String mediaType = mediaType();
        return mediaType.equals(JsonFormat.CONTENT_TYPE) || mediaType.equals(CLOUD_EVENTS);
    }

    boolean isAboutCloudEvents() {
        return mediaType().startsWith(CLOUD_EVENTS);
    }

    void checkJson() throws InvalidEventException {
        String mediaType = mediaType();
        if (mediaType.startsWith(CLOUD_EVENTS + "-batch")) {
            throw new InvalidEventException(what() + ", several events in one record; expected application/json or "
                    + JsonFormat.CONTENT_TYPE + ", and a record for each event");
        }
        if (!mediaType.equals("application/json") && !mediaType.equals("text/json") && !mediaType.endsWith("+json")) {
            throw new InvalidEventException(what() + "; expected application/json");
        }
    }

    private String what() {
        String named = where.equals(NAME) ? "" : ", in " + Excerpt.escaped(Excerpt.cut(where, 80));
        return "the content type is " + Excerpt.quoted(text) + named;
    }

    private String mediaType() {
        int parameters = text.indexOf(';');
        String mediaType = parameters < 0 ? text : text.substring(0, parameters);
        return mediaType.trim().toLowerCase(Locale.ROOT);
    }
}
