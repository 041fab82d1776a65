package io.tenantry.worker.settle;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The keys with outcomes that the registry does not have yet. Safe for use by many threads. */
final class UnwrittenKeys {
    /** Each future completes with the last outcome of its key: outcomes are written in order. */
    private final Map<String, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

    /** One more outcome of the key is to be written; to be handed to {@link #written}. */
    CompletableFuture<Void> add(String key) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        last.put(key, written);
        return written;
    }

    /** Completes when every outcome of the key that was added so far is written; at once if there is none. */
    CompletableFuture<Void> whenWritten(String key) {
        return last.getOrDefault(key, CompletableFuture.completedFuture(null));
    }

    /** This outcome is written, or never will be. */
    void written(String key, CompletableFuture<Void> outcome) {
        last.remove(key, outcome);
        outcome.complete(null);
    }
}
