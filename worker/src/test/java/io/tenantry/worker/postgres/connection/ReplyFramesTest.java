package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.postgres.ReceiveLimitException;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ReplyFramesTest {
    private static final int ROW = 17;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @Test
    void rowsAndNoticesCountAndRepliesWithoutThemDoNotHoweverTheyArrive() {
        sent.write('N');
        message('R', 4);
        message('S', 20);
        message('K', 8);
        message('Z', 1);
        for (int i = 0; i < 300; i++) {
            message('C', 11);
            message('Z', 1);
        }
        message('D', ROW - 5);
        message('N', 400);
        int expected = 9 + 25 + ROW + 405;

        for (int portion : new int[] {1, 2, 3, 7, 64, 8192}) {
            assertThat(counted(portion)).as("%d bytes at a time", portion).isEqualTo(expected);
        }
    }

    @Test
    void allCountBehindTls() {
        sent.write('N');
        sent.write('S');
        message('Z', 1);

        assertThat(counted(8192)).isEqualTo(6);
        assertThat(counted(1)).isEqualTo(6);
    }

    @Test
    void behindTlsRepliesAsLongAsTheirStatementsAreHarmlessAndLongerOnesAreNot() {
        ReceiveBudget budget = new ReceiveBudget(10_000, 1_000);
        try (ReceiveLimit limit = ReceiveLimit.begin(budget, unconnected())) {
            limit.next("V1__seed.sql", true);
            assertThatCode(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            ReceiveLimit.sent(60, true);
                            ReceiveLimit.received(59);
                        }
                    })
                    .doesNotThrowAnyException();
            ReceiveLimit.sent(1_000_000, true);
            assertThatThrownBy(() -> ReceiveLimit.received(20_001)).isInstanceOf(ReceiveLimitException.class);
            assertThat(limit.exceeded()).isTrue();
        }
    }

    /** It cannot cancel. */
    private static Connection unconnected() {
        return (Connection) Proxy.newProxyInstance(
                ReplyFramesTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    throw new SQLException("not connected");
                });
    }

    private void message(char type, int body) {
        sent.write(type);
        sent.write(0);
        sent.write(0);
        sent.write((body + 4) >> 8);
        sent.write(body + 4);
        sent.writeBytes(new byte[body]);
    }

    private int counted(int portion) {
        byte[] bytes = sent.toByteArray();
        ReplyFrames frames = new ReplyFrames();
        int counted = 0;
        for (int at = 0; at < bytes.length; at += portion) {
            counted += frames.count(bytes, at, Math.min(portion, bytes.length - at));
        }
        return counted;
    }
}
