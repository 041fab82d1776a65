package io.tenantry.worker.intake.publish;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.settle.Settler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Holds dead letters back until the registry knows of them: the ledger has forgotten the result that one replaces, and
 * the rollout that sent the request knows that no result comes. For the poll thread alone.
 */
final class DeadLetterHold {
    private final Settler settler;
    private CompletableFuture<?> written = CompletableFuture.completedFuture(null);

    DeadLetterHold(Settler settler) {
        this.settler = settler;
    }

    /** A record becomes a dead letter. Whether a rollout has sent it is read from its headers, as far as they can be read. */
    void add(Settled.Dead dead, ConsumerRecord<byte[], byte[]> received) {
        await(settler.died(header(received, "ce_id"), header(received, "ce_source"), dead.code()));
    }

    /** The results of these requests are replaced by dead letters. */
    void addReplaced(List<RequestRef> requests) {
        requests.forEach(request -> await(settler.retract(request)));
    }

    /** Whether the registry knows of all of them. */
    boolean isOver() {
        return written.isDone();
    }

    private void await(CompletableFuture<Void> write) {
        if (!write.isDone()) {
            written = CompletableFuture.allOf(written, write);
        }
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> received, String name) {
        Header header = received.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
