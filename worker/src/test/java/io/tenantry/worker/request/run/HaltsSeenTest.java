package io.tenantry.worker.request.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HaltsSeenTest {
    private static final long MILLI = 1_000_000;

    private final HaltsSeen seen = new HaltsSeen();

    @Test
    void asksWhileNothingIsKnown() {
        assertThat(seen.mustAsk("spring", 0, 0)).isTrue();
    }

    @Test
    void oneRequestAsksEachHundredMilliseconds() {
        seen.answered("spring", 0, 0);
        assertThat(seen.mustAsk("spring", 0, 100 * MILLI)).isFalse();
        assertThat(seen.mustAsk("spring", 0, 101 * MILLI)).isTrue();
        assertThat(seen.mustAsk("spring", 0, 102 * MILLI))
                .as("another one asks")
                .isFalse();
        seen.answered("spring", 0, 101 * MILLI);
        assertThat(seen.mustAsk("spring", 0, 201 * MILLI)).isFalse();
        assertThat(seen.mustAsk("spring", 0, 202 * MILLI)).isTrue();
    }

    @Test
    void everyRequestAsksWithoutAnAnswerForASecond() {
        seen.answered("spring", 0, 0);
        assertThat(seen.mustAsk("spring", 0, 1001 * MILLI)).isTrue();
        assertThat(seen.mustAsk("spring", 0, 1001 * MILLI)).isTrue();
    }

    @Test
    void afterAHaltThoseMadeBeforeItAsk() {
        seen.answered("spring", 0, 0);
        seen.answered("spring", 1, MILLI);
        seen.answered("spring", 0, 2 * MILLI);
        assertThat(seen.mustAsk("spring", 0, 3 * MILLI)).isTrue();
        assertThat(seen.mustAsk("spring", 0, 3 * MILLI)).isTrue();
        assertThat(seen.mustAsk("spring", 1, 3 * MILLI)).isFalse();
        assertThat(seen.mustAsk("autumn", 0, 3 * MILLI)).as("another rollout").isTrue();
    }
}
