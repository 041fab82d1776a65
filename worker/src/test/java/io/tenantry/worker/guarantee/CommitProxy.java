package io.tenantry.worker.guarantee;

import io.tenantry.worker.stack.KafkaBroker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between workers and the broker, and breaks in when one of them commits a transaction. */
final class CommitProxy extends TcpProxy {
    /** EndTxn: https://kafka.apache.org/protocol#The_Messages_EndTxn */
    private static final short END_TRANSACTION = 26;

    /** Where these two are in the header of a request, behind the two bytes that say which one it is. */
    private static final int VERSION = 2;

    private static final int CORRELATION = 4;

    /** What becomes of a commit. */
    enum Break {
        /** It reaches the broker, and the connection ends instead of its answer. */
        ANSWER_LOST(true, Duration.ZERO),
        /** The connection ends before it reaches the broker. */
        REQUEST_LOST(false, Duration.ZERO),
        /** It reaches the broker; then nobody hears anything for longer than the worker waits for a commit. */
        SILENCE_AFTER(true, Duration.ofSeconds(7)),
        /** It does not reach the broker, and nobody hears anything for longer than the transaction may last. */
        SILENCE_BEFORE(false, Duration.ofSeconds(7));

        private final boolean reachesBroker;
        private final Duration silence;

        Break(boolean reachesBroker, Duration silence) {
            this.reachesBroker = reachesBroker;
            this.silence = silence;
        }
    }

    private record Commit(int correlation, Break next) {}

    /** Those whose answer is to be lost. */
    private final Map<Link, Commit> commits = new ConcurrentHashMap<>();

    private final Queue<Break> breaks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger done = new AtomicInteger();

    CommitProxy(KafkaBroker.Detour detour) {
        super(address(detour.advertised()), address(detour.listens()));
    }

    /** Breaks in at the next commit. */
    void breakNext(Break next) {
        breaks.add(next);
    }

    /** How many commits it has broken. */
    int broken() {
        return done.get();
    }

    @Override
    void passRequests(Link link) throws IOException {
        DataInputStream from = new DataInputStream(link.client.getInputStream());
        DataOutputStream to = new DataOutputStream(link.server.getOutputStream());
        while (true) {
            byte[] message = message(from);
            ByteBuffer header = ByteBuffer.wrap(message);
            Break next = isCommit(message) ? breaks.poll() : null;
            if (next != null && !next.reachesBroker) {
                breakIn(next);
                return;
            }
            if (next != null) {
                commits.put(link, new Commit(header.getInt(CORRELATION), next));
            }
            awaitSpeech();
            send(to, message);
        }
    }

    @Override
    void passAnswers(Link link) throws IOException {
        DataInputStream from = new DataInputStream(link.server.getInputStream());
        DataOutputStream to = new DataOutputStream(link.client.getOutputStream());
        try {
            while (true) {
                byte[] message = message(from);
                Commit commit = commits.get(link);
                if (commit != null
                        && commit.correlation() == ByteBuffer.wrap(message).getInt()) {
                    commits.remove(link);
                    breakIn(commit.next());
                    return;
                }
                awaitSpeech();
                send(to, message);
            }
        } finally {
            if (commits.remove(link) != null) {
                // The connection has ended by itself, before the answer came: that is lost as well.
                done.incrementAndGet();
            }
        }
    }

    /** The request ends with a boolean, which is false for an abort; from version 3 on a byte follows. */
    private static boolean isCommit(byte[] message) {
        ByteBuffer request = ByteBuffer.wrap(message);
        if (request.getShort(0) != END_TRANSACTION) {
            return false;
        }
        int behind = request.getShort(VERSION) >= 3 ? 2 : 1;
        return message[message.length - behind] != 0;
    }

    private void breakIn(Break next) {
        silence(next.silence);
        done.incrementAndGet();
    }
}
