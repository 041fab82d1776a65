package io.tenantry.worker.guarantee;

import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.KafkaBroker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands between workers and the broker, and kills a worker in the moment in which it settles. */
final class Ambush extends TcpProxy {
    /** OffsetCommit, TxnOffsetCommit and EndTxn: https://kafka.apache.org/protocol#protocol_api_keys */
    private static final short OFFSETS_ALONE = 8;

    private static final short OFFSETS = 28;
    private static final short END_TRANSACTION = 26;

    /** Where the name of a client is in the header of a request: its length, then itself. */
    private static final int CLIENT = 8;

    /** When a worker is killed. Offsets that are committed outside of a transaction count as well: none should be. */
    enum Moment {
        /** Its results are on their way, and its offsets never get there. */
        BEFORE_ITS_OFFSETS(false, OFFSETS),
        /** Its commit reaches the broker, and it never hears of it. */
        AFTER_ITS_COMMIT(true, END_TRANSACTION);

        private final boolean reachesBroker;
        private final short request;

        Moment(boolean reachesBroker, short request) {
            this.reachesBroker = reachesBroker;
            this.request = request;
        }

        private boolean comesWith(byte[] message) {
            short key = ByteBuffer.wrap(message).getShort();
            return key == request || key == OFFSETS_ALONE;
        }
    }

    private record Trap(Moment moment, Consumer<String> kill, CompletableFuture<String> killed) {}

    private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();

    Ambush(KafkaBroker.Detour detour) {
        super(address(detour.advertised()), address(detour.listens()));
    }

    /**
     * Kills the next process that comes to this moment.
     *
     * @param kill is given the name of the client, on another thread, while its request is held
     * @param meanwhile called again and again until then; it sees to it that there is something to settle
     * @return the name
     */
    String kill(Moment moment, Consumer<String> kill, Runnable meanwhile) {
        CompletableFuture<String> killed = new CompletableFuture<>();
        trap.set(new Trap(moment, kill, killed));
        Await.until(Duration.ofSeconds(90), "a worker settles, to be killed " + moment, () -> {
            meanwhile.run();
            return killed.isDone();
        });
        return killed.join();
    }

    @Override
    void passRequests(Link link) throws IOException {
        DataInputStream from = new DataInputStream(link.client.getInputStream());
        DataOutputStream to = new DataOutputStream(link.server.getOutputStream());
        while (true) {
            byte[] message = message(from);
            Optional<Trap> sprung = sprungBy(message);
            if (sprung.isEmpty() || sprung.get().moment().reachesBroker) {
                send(to, message);
            }
            if (sprung.isPresent()) {
                String client = client(message);
                sprung.get().kill().accept(client);
                sprung.get().killed().complete(client);
            }
        }
    }

    private Optional<Trap> sprungBy(byte[] message) {
        Trap next = trap.get();
        if (next == null || !next.moment().comesWith(message)) {
            return Optional.empty();
        }
        return trap.compareAndSet(next, null) ? Optional.of(next) : Optional.empty();
    }

    private static String client(byte[] message) {
        int length = ByteBuffer.wrap(message).getShort(CLIENT);
        return new String(message, CLIENT + Short.BYTES, length, StandardCharsets.UTF_8);
    }
}
