package io.tenantry.worker.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {

    @Test
    void returnsWhenTheConditionHolds() {
        AtomicInteger asked = new AtomicInteger();

        Await.until(Duration.ofMinutes(1), "it was asked three times", () -> asked.incrementAndGet() == 3);

        assertThat(asked).hasValue(3);
    }

    @Test
    void asksOnceEvenWithoutTime() {
        Await.until(Duration.ZERO, "true is true", () -> true);
    }

    @Test
    void saysWhatItWaitedForAndWhyItDidNotHold() {
        IOException cause = new IOException("connection refused");

        assertThatThrownBy(() -> Await.until(Duration.ofMillis(1), "the server answers", () -> {
                    throw cause;
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("until the server answers")
                .hasMessageContaining("connection refused")
                .hasCause(cause);
    }

    @Test
    void staysInterrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Await.until(Duration.ofMinutes(1), "never", () -> false))
                    .hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
