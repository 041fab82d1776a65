package io.tenantry.worker.guarantee;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Stands between clients and a server, and cuts or silences their connections when it is told to. */
public class TcpProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final Thread acceptor;
    private final InetSocketAddress server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile boolean away;
    private volatile long silentUntilNanos = System.nanoTime();

    /** Listens at once; port 0 takes a free one. */
    public TcpProxy(InetSocketAddress listen, InetSocketAddress server) {
        this.server = server;
        try {
            this.listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(listen);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        this.acceptor = start("proxy", this::acceptAll);
    }

    /** Reads "host:port". */
    static InetSocketAddress address(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return new InetSocketAddress(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    /** Where it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Cuts all connections, and every new one, until {@link #back}. */
    void away() {
        away = true;
        links.forEach(Link::close);
    }

    void back() {
        away = false;
    }

    /** Passes nothing on any more on those connections that are open now; they stay open. */
    public void silenceThoseOpen() {
        links.forEach(link -> link.silenced = true);
    }

    /** Passes nothing on for this time, in either direction; the connections stay open. */
    void silence(Duration time) {
        silentUntilNanos = System.nanoTime() + time.toNanos();
    }

    /** What the client sends; by default passed on as it is. */
    void passRequests(Link link) throws IOException {
        pass(link, link.client.getInputStream(), link.server.getOutputStream());
    }

    /** What the server answers; by default passed on as it is. */
    void passAnswers(Link link) throws IOException {
        pass(link, link.server.getInputStream(), link.client.getOutputStream());
    }

    private void pass(Link link, InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
            awaitSpeech();
            if (!link.silenced) {
                to.write(buffer, 0, length);
            }
        }
    }

    /** Returns when nothing silences the connections. */
    final void awaitSpeech() {
        for (long left = silentUntilNanos - System.nanoTime(); left > 0; left = silentUntilNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Reads one message of Kafka's protocol, without the length before it. */
    static byte[] message(DataInputStream from) throws IOException {
        byte[] message = new byte[from.readInt()];
        from.readFully(message);
        return message;
    }

    /** Writes one message of Kafka's protocol. */
    static void send(DataOutputStream to, byte[] message) throws IOException {
        to.write(ByteBuffer.allocate(Integer.BYTES + message.length)
                .putInt(message.length)
                .put(message)
                .array());
        to.flush();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (away) {
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException failure) {
                // Closed, or the server is away: the client sees its connection end.
            }
        }
    }

    @SuppressWarnings("AddressSelection") // one address of this machine
    private void connect(Socket client) throws IOException {
        Link link;
        try {
            link = new Link(client, new Socket(server.getAddress(), server.getPort()));
        } catch (IOException refused) {
            client.close();
            throw refused;
        }
        links.add(link);
        start("proxy-requests", () -> run(link, this::passRequests));
        start("proxy-answers", () -> run(link, this::passAnswers));
    }

    private interface Passing {
        void pass(Link link) throws IOException;
    }

    private void run(Link link, Passing passing) {
        try {
            passing.pass(link);
        } catch (IOException ended) {
            // By one of the two sides, or cut.
        } finally {
            link.close();
            links.remove(link);
        }
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        try {
            listener.close();
            // Until it has returned from the system call, the kernel still listens.
            acceptor.join();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        links.forEach(Link::close);
    }

    /** A client's connection, and the one to the server that stands for it. */
    static final class Link {
        final Socket client;
        final Socket server;
        private volatile boolean silenced;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void close() {
            try (client;
                    server) {
                client.shutdownInput();
            } catch (IOException closed) {
                // That is what was wanted.
            }
        }
    }
}
