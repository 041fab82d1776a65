package io.tenantry.worker.cli.rollout.text;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times as people read them. */
public final class Times {
    public static final DateTimeFormatter OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter WITH_DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Times() {}

    /** The local time in this zone, without the name of the zone. */
    public static String local(Instant instant, ZoneId zone) {
        return WITH_DATE.format(instant.atZone(zone));
    }
}
