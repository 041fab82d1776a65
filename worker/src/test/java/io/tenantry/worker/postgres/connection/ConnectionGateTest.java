package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionGateTest {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ConnectionGate gate = new ConnectionGate("main", 2);

    private static void nothing() {}

    @Test
    void letsInAsManyAsTheLimit() throws IOException {
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);

        assertThatThrownBy(() -> gate.enter(AT_ONCE, ConnectionGateTest::nothing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "none of this worker's 2 connections to server main came free in 0 s: 2 are open");
        assertThat(gate.used()).isEqualTo(2);
    }

    @Test
    void makesRoomWhileItIsFull() throws IOException {
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        AtomicInteger asked = new AtomicInteger();

        gate.enter(LONG, () -> {
            if (asked.incrementAndGet() == 3) {
                gate.leave();
            }
        });

        assertThat(gate.used()).isEqualTo(2);
        assertThat(asked).hasValue(3);
    }

    @Test
    void letsTheNextOneInWhenOneHasLeft() throws Exception {
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        CompletableFuture<Void> entered = CompletableFuture.runAsync(() -> {
            try {
                gate.enter(LONG, ConnectionGateTest::nothing);
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        });
        gate.leave();

        entered.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(gate.used()).isEqualTo(2);
    }

    @Test
    void aLowerLimitKeepsOutUntilEnoughHaveLeft() throws IOException {
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        gate.limit(1);
        assertThat(gate.surplus(0)).isEqualTo(1);
        assertThat(gate.surplus(1)).isEqualTo(2);

        gate.leave();
        assertThatThrownBy(() -> gate.enter(AT_ONCE, ConnectionGateTest::nothing))
                .isInstanceOf(IOException.class);
        gate.leave();
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        assertThat(gate.used()).isEqualTo(1);
    }

    @Test
    void keepsEverybodyOutOnceItIsClosed() {
        gate.close();

        assertThatThrownBy(() -> gate.enter(LONG, ConnectionGateTest::nothing)).hasMessageContaining("are closed");
    }

    @Test
    void waitsUntilAllHaveLeft() throws Exception {
        gate.enter(AT_ONCE, ConnectionGateTest::nothing);
        assertThat(gate.awaitNone(Duration.ofMillis(1))).isFalse();

        gate.leave();
        assertThat(gate.awaitNone(LONG)).isTrue();
    }
}
