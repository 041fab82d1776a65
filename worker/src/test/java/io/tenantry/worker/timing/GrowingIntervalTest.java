package io.tenantry.worker.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GrowingIntervalTest {
    @Test
    void doublesUpToTheLongest() {
        GrowingInterval first = new GrowingInterval(Duration.ofSeconds(5), Duration.ofSeconds(18));

        assertThat(Stream.iterate(first, GrowingInterval::next).limit(4).map(GrowingInterval::current))
                .containsExactly(
                        Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(18), Duration.ofSeconds(18));
    }
}
