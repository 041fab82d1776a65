package io.tenantry.worker.intake.admission;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.settle.Coordinates;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The parked requests of all assigned partitions. For the poll thread alone; other threads read how many there are, and
 * which tenants' signups are among them.
 */
final class ParkedRequests {
    private final Map<TopicPartition, ParkedInPartition> partitions = new HashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final ParkedSignups signups = new ParkedSignups();
    /** The identities of those that may be a rollout's: it must be told if Kafka deletes them. */
    private final Map<Coordinates, RequestRef> ofRollouts = new HashMap<>();

    /** Whether a request may be started now as far as the others of its partition and key are concerned. */
    boolean mayStart(Coordinates coordinates, String key, Set<String> servers) {
        ParkedInPartition others = partitions.get(coordinates.partition());
        return others == null || others.mayStart(coordinates.offset(), key, servers);
    }

    /** The request is started, whether it was parked or not. */
    void started(Coordinates coordinates, String key, Set<String> servers) {
        ParkedInPartition others = ofPartition(coordinates);
        @Nullable Set<String> earlier = others.servers(coordinates.offset());
        others.started(coordinates.offset(), key, servers);
        ofRollouts.remove(coordinates);
        if (earlier != null) {
            unparked(key, earlier);
        }
    }

    /** A started request is not in progress any more. */
    void ended(Coordinates coordinates, String key) {
        ParkedInPartition others = partitions.get(coordinates.partition());
        if (others != null) {
            others.ended(key);
            if (others.isEmpty()) {
                partitions.remove(coordinates.partition());
            }
        }
    }

    /**
     * The request is left in Kafka for now. Parking it again changes nothing.
     *
     * @param receivedNanos when it was received, as {@link System#nanoTime}
     */
    void park(Coordinates coordinates, String key, Set<String> servers, long receivedNanos) {
        ParkedInPartition others = ofPartition(coordinates);
        if (!others.has(coordinates.offset())) {
            others.park(coordinates.offset(), key, servers, receivedNanos);
            size.incrementAndGet();
            if (ServerLoad.isSignup(servers)) {
                signups.add(key);
            }
        }
    }

    /** A parked request may be a rollout's. */
    void ofRollout(Coordinates coordinates, RequestRef request) {
        ofRollouts.put(coordinates, request);
    }

    /** Its identity, if it may be a rollout's; null otherwise. */
    @Nullable RequestRef rolloutRequest(Coordinates coordinates) {
        return ofRollouts.get(coordinates);
    }

    /** How many may be a rollout's. */
    int ofRollouts() {
        return ofRollouts.size();
    }

    boolean has(Coordinates coordinates) {
        return servers(coordinates) != null;
    }

    /** When it was received, as {@link System#nanoTime}; null if it is not parked. */
    @Nullable Long receivedNanos(Coordinates coordinates) {
        ParkedInPartition others = partitions.get(coordinates.partition());
        return others == null ? null : others.receivedNanos(coordinates.offset());
    }

    /** What a parked request needs; null if it is not parked. */
    @Nullable Set<String> servers(Coordinates coordinates) {
        ParkedInPartition others = partitions.get(coordinates.partition());
        return others == null ? null : others.servers(coordinates.offset());
    }

    /** Forgets a request that will not be read again, and returns its key; null if it is not parked. */
    @Nullable String forget(Coordinates coordinates) {
        ParkedInPartition others = partitions.get(coordinates.partition());
        @Nullable Set<String> servers = others == null ? null : others.servers(coordinates.offset());
        if (others == null || servers == null) {
            return null;
        }
        ofRollouts.remove(coordinates);
        @Nullable String key = others.remove(coordinates.offset());
        if (key != null) {
            unparked(key, servers);
        }
        return key;
    }

    /** The partitions went away. */
    void drop(Set<TopicPartition> gone) {
        ofRollouts.keySet().removeIf(coordinates -> gone.contains(coordinates.partition()));
        for (TopicPartition partition : gone) {
            ParkedInPartition others = partitions.remove(partition);
            if (others != null) {
                size.addAndGet(-others.size());
                others.keys(ServerLoad::isSignup).forEach(signups::remove);
            }
        }
    }

    /** The partitions that have parked requests. */
    List<TopicPartition> partitions() {
        return partitions.entrySet().stream()
                .filter(next -> next.getValue().size() > 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The offset of the first request that may be started, if there is room for what it needs. */
    Optional<Long> firstStartable(TopicPartition partition, Predicate<Set<String>> room) {
        ParkedInPartition others = partitions.get(partition);
        return others == null ? Optional.empty() : others.firstStartable(room);
    }

    /**
     * What those requests need that wait only for room, and were received before then.
     *
     * @param thenNanos as {@link System#nanoTime}
     * @param left partitions that are left out
     */
    Stream<Set<String>> waitingSince(long thenNanos, Predicate<TopicPartition> left) {
        return partitions.entrySet().stream()
                .filter(next -> !left.test(next.getKey()))
                .flatMap(next -> next.getValue().waitingSince(thenNanos));
    }

    /** The parked requests between two offsets whose records are not among those that were seen there. */
    List<Long> missing(TopicPartition partition, long from, long to, Set<Long> seen) {
        ParkedInPartition others = partitions.get(partition);
        return others == null ? List.of() : others.missing(from, to, seen);
    }

    /** How many there are, by what they need. */
    Map<Set<String>, Long> counts() {
        Map<Set<String>, Long> counts = new HashMap<>();
        for (ParkedInPartition others : partitions.values()) {
            others.counts().forEach((servers, count) -> counts.merge(servers, count, Long::sum));
        }
        return counts;
    }

    /** How many there are. Read from any thread. */
    int size() {
        return size.get();
    }

    /** Whether a signup of this tenant is parked. Read from any thread. */
    boolean hasSignup(String key) {
        return signups.has(key);
    }

    private ParkedInPartition ofPartition(Coordinates coordinates) {
        return partitions.computeIfAbsent(coordinates.partition(), added -> new ParkedInPartition());
    }

    private void unparked(String key, Set<String> servers) {
        size.decrementAndGet();
        if (ServerLoad.isSignup(servers)) {
            signups.remove(key);
        }
    }
}
