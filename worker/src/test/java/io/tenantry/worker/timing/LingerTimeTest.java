package io.tenantry.worker.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LingerTimeTest {
    private final LingerTime linger = new LingerTime(Duration.ofMillis(50));

    @Test
    void isTenTimesAsLongAsTheTransaction() {
        assertThat(linger.after(Duration.ofMillis(3))).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void isNeverLongerThanTheLongest() {
        assertThat(linger.after(Duration.ofMillis(6))).isEqualTo(Duration.ofMillis(50));
    }
}
