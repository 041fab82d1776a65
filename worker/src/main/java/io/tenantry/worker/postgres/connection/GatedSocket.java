package io.tenantry.worker.postgres.connection;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection to a server. It counts the bytes it receives for the {@link ReceiveLimit} of the reading thread, and
 * releases its slot when the server's session has ended. That takes milliseconds after this end was closed, or seconds
 * if the session is running a statement; the server closes its own end last, after the session has left
 * pg_stat_activity.
 */
final class GatedSocket extends Socket {
    /**
     * The server checks the client of a running statement every 5 s, and gives up a client whose machine is gone after
     * 25 s; see {@link Connector}.
     */
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(30);

    private final ConnectionGate gate;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final ReplyFrames frames = new ReplyFrames();

    GatedSocket(ConnectionGate gate) {
        this.gate = gate;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new Received(super.getInputStream(), frames);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new Sent(super.getOutputStream());
    }

    private static final class Received extends FilterInputStream {
        private final ReplyFrames frames;

        Received(InputStream in, ReplyFrames frames) {
            super(in);
            this.frames = frames;
        }

        @Override
        public int read() throws IOException {
            byte[] next = new byte[1];
            return read(next, 0, 1) < 0 ? -1 : next[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            if (read > 0) {
                ReceiveLimit.received(frames.count(buffer, offset, read));
            }
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            byte[] passedOver = new byte[(int) Math.max(0, Math.min(bytes, 8192))];
            return Math.max(0, read(passedOver, 0, passedOver.length));
        }
    }

    /**
     * Closes the socket when it cannot send: the driver's own close sends a last message first, and leaves the socket
     * open if that fails, as it does after a reset.
     */
    private final class Sent extends FilterOutputStream {
        Sent(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int next) throws IOException {
            write(new byte[] {(byte) next}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            ReceiveLimit.sent(length, frames.isEncrypted());
            try {
                out.write(buffer, offset, length);
            } catch (IOException gone) {
                GatedSocket.this.close();
                throw gone;
            }
        }
    }

    /** Closes this end and returns at once; the slot is given back when the server has closed its end. */
    @Override
    public synchronized void close() throws IOException {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        if (!isConnected()) {
            hangUp();
            return;
        }
        try {
            shutdownOutput();
        } catch (IOException gone) {
            hangUp();
            return;
        }
        // On another thread: a read by some thread may be in progress, and ends when the session does.
        Thread goodbye = new Thread(this::awaitEnd, "session-end");
        goodbye.setDaemon(true);
        goodbye.start();
    }

    private void awaitEnd() {
        byte[] rest = new byte[8192];
        long end = System.nanoTime() + LONGEST_GOODBYE.toNanos();
        try (InputStream in = getInputStream()) {
            setSoTimeout((int) LONGEST_GOODBYE.toMillis());
            int read = in.read(rest);
            while (read >= 0 && System.nanoTime() < end) {
                read = in.read(rest);
            }
        } catch (IOException goneOrSilent) {
            // A reset: the session is gone. No answer for so long: the machine or the network is gone.
        } finally {
            hangUp();
        }
    }

    private void hangUp() {
        try {
            super.close();
        } catch (IOException closed) {
            // It is not used any more.
        } finally {
            gate.leave();
        }
    }
}
