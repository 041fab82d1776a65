package io.tenantry.worker.cli.rollout;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times as people read them. */
final class Times {
    static final DateTimeFormatter OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter WITH_DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private Times() {}

    /** The local time in this zone, without the name of the zone. */
    static String local(Instant instant, ZoneId zone) {
        return WITH_DATE.format(instant.atZone(zone));
    }
}
