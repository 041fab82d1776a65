package io.tenantry.worker.telemetry;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * {@code %time} in the pattern of a text log: the time of an entry in ISO 8601 with milliseconds and offset, as {@code
 * 2026-11-27T09:30:00.123Z}. Logback's {@code %d} formats each time in full; this formats each second once, since a worker
 * logs hundreds of lines a second.
 */
public final class TimeConverter extends ClassicConverter {
    private static final int MILLIS = 1000;
    private static final DateTimeFormatter TO_SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.");
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("XXX");

    private final ZoneId zone;
    private volatile Second last;

    /** What all times of a second have in common. */
    private record Second(long number, String before, String after) {
        static Second of(long number, ZoneId zone) {
            ZonedDateTime time = Instant.ofEpochSecond(number).atZone(zone);
            return new Second(number, TO_SECONDS.format(time), OFFSET.format(time));
        }
    }

    /** In the time zone of this process. */
    public TimeConverter() {
        this(ZoneId.systemDefault());
    }

    TimeConverter(ZoneId zone) {
        this.zone = zone;
        this.last = Second.of(0, zone);
    }

    @Override
    public String convert(ILoggingEvent event) {
        return text(event.getTimeStamp());
    }

    /** @param epochMillis as {@link System#currentTimeMillis()} */
    String text(long epochMillis) {
        long number = Math.floorDiv(epochMillis, MILLIS);
        Second second = last;
        if (second.number() != number) {
            second = Second.of(number, zone);
            last = second;
        }
        int millis = Math.floorMod(epochMillis, MILLIS);
        return second.before()
                + (char) ('0' + millis / 100)
                + (char) ('0' + millis / 10 % 10)
                + (char) ('0' + millis % 10)
                + second.after();
    }
}
