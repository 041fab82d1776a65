package io.tenantry.worker.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GatedSocketTest {
    /** PostgreSQL's driver does not close the socket if its last message cannot be sent. */
    @Test
    void aSocketThatCannotSendGivesItsSlotBack() throws Exception {
        ConnectionGate gate = new ConnectionGate("main", 1);
        gate.enter(Duration.ZERO, () -> {});
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new GatedSocket(gate)) {
            socket.connect(server.getLocalSocketAddress());
            Socket session = server.accept();
            session.setSoLinger(true, 0);
            session.close(); // resets the connection

            assertThatThrownBy(() -> sendUntilRefused(socket)).isInstanceOf(IOException.class);

            assertThat(gate.awaitNone(Duration.ofSeconds(5))).isTrue();
        }
        assertThat(gate.used()).isZero();
    }

    private static void sendUntilRefused(Socket socket) throws Exception {
        for (int i = 0; i < 100; i++) {
            socket.getOutputStream().write('X');
            Thread.sleep(10);
        }
    }
}
