package io.tenantry.worker.postgres.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Creates the sockets of the PostgreSQL driver, each with a slot of a gate. The driver knows this factory by its class
 * name only, so the connecting thread says which gate it works for. Sockets of other threads, for example the driver's
 * for cancelling a statement, are plain.
 */
public final class GatedSockets extends SocketFactory {
    /** Inherited, because with {@code loginTimeout} in the URL the driver connects on a thread of its own. */
    private static final ThreadLocal<Attempt> ATTEMPT = new InheritableThreadLocal<>();

    /** Keepalive intervals in seconds, and the number of probes; the driver turns keepalive on. */
    private static final Map<SocketOption<Integer>, Integer> KEEPALIVE = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 10,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 5,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

    /** Takes a slot, or fails. */
    interface Entrance {
        void enter() throws IOException;
    }

    /** Connects. */
    interface Opening {
        Connection open() throws SQLException;
    }

    /** One call of the driver, which may try several addresses. */
    private record Attempt(ConnectionGate gate, Entrance entrance, List<Socket> sockets) {}

    /** For the driver. */
    public GatedSockets() {}

    /** Lets the driver connect, with a slot for each socket. */
    static Connection through(ConnectionGate gate, Entrance entrance, Opening opening) throws SQLException {
        Attempt attempt = new Attempt(gate, entrance, new CopyOnWriteArrayList<>());
        ATTEMPT.set(attempt);
        boolean open = false;
        try {
            Connection connection = opening.open();
            open = true;
            return connection;
        } finally {
            ATTEMPT.remove();
            if (!open) {
                attempt.sockets().forEach(GatedSockets::close);
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // The slot was given back nevertheless.
        }
    }

    @Override
    public Socket createSocket() throws IOException {
        @Nullable Attempt attempt = ATTEMPT.get();
        if (attempt == null) {
            return keptAlive(new Socket());
        }
        attempt.entrance().enter();
        Socket socket = new GatedSocket(attempt.gate());
        attempt.sockets().add(socket);
        return keptAlive(socket);
    }

    /** The same as at the server, so that no thread waits for hours for a server that vanished. */
    private static Socket keptAlive(Socket socket) throws IOException {
        for (Map.Entry<SocketOption<Integer>, Integer> option : KEEPALIVE.entrySet()) {
            if (socket.supportedOptions().contains(option.getKey())) {
                socket.setOption(option.getKey(), option.getValue());
            }
        }
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw unused();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw unused();
    }

    private static IOException unused() {
        return new SocketException("the driver makes its sockets unconnected, and connects them itself");
    }
}
