package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeConverterTest {
    @Test
    void hasMillisecondsAndTheOffset() {
        long time = Instant.parse("2026-11-27T09:30:00.007Z").toEpochMilli();

        assertThat(new TimeConverter(ZoneOffset.UTC).text(time)).isEqualTo("2026-11-27T09:30:00.007Z");
        assertThat(new TimeConverter(ZoneId.of("Europe/Vienna")).text(time)).isEqualTo("2026-11-27T10:30:00.007+01:00");
    }

    /** Around the end of summer time, backwards and forwards, as a clock may step. */
    @ParameterizedTest
    @ValueSource(strings = {"Z", "Europe/Vienna", "Asia/Kathmandu", "America/St_Johns"})
    void isTheSameAsAFormattedTime(String zone) {
        TimeConverter converter = new TimeConverter(ZoneId.of(zone));
        DateTimeFormatter pattern = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        long end = Instant.parse("2026-10-25T01:00:00Z").toEpochMilli();
        for (long time : new long[] {end - 1, end, end + 1, end + 999, end + 1000, end - 1001, 0, 1, 999, -1, -1000}) {
            assertThat(converter.text(time))
                    .isEqualTo(pattern.format(Instant.ofEpochMilli(time).atZone(ZoneId.of(zone))));
        }
    }
}
