package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Requests whose results are in Kafka and not marked as published in the ledger. The poll thread adds, the settler's
 * thread takes.
 */
final class PublishedResults {
    private final Queue<RequestRef> requests = new ConcurrentLinkedQueue<>();

    void addAll(Collection<RequestRef> published) {
        requests.addAll(published);
    }

    List<RequestRef> takeAll() {
        List<RequestRef> taken = new ArrayList<>();
        for (RequestRef next = requests.poll(); next != null; next = requests.poll()) {
            taken.add(next);
        }
        return taken;
    }

    void clear() {
        requests.clear();
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }
}
