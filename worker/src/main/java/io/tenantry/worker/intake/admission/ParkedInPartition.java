package io.tenantry.worker.intake.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parked requests of one partition: those that were read and could not be started, because a server that they need
 * has no room, or another request of their key goes first. Only offset, key and needs are kept, a few hundred bytes
 * each. Also counts the started requests of each key, since those of one partition and key are started in the order of
 * their offsets. For the poll thread alone.
 */
final class ParkedInPartition {
    /**
     * Of one key. The requests for one tenant run one at a time; many started ones would fill the room of its server.
     */
    private static final int MOST_STARTED = 8;

    private record Request(String key, Set<String> servers, long receivedNanos) {}

    private static final class Key {
        private final TreeSet<Long> parked = new TreeSet<>();
        private int started;
        /** Whether a started request may be parked again; then nothing may be started behind it. */
        private boolean mayReturn;
    }

    private final TreeMap<Long, Request> requests = new TreeMap<>();
    private final Map<String, Key> keys = new HashMap<>();
    /** The first parked offset of each key that has no started request, by what it needs. */
    private final Map<Set<String>, TreeSet<Long>> heads = new HashMap<>();

    /** Whether a request may be started now as far as the others of its key are concerned. */
    boolean mayStart(long offset, String key, Set<String> servers) {
        Key others = keys.get(key);
        if (others == null) {
            return true;
        }
        boolean isFirst = others.parked.isEmpty() || others.parked.first() >= offset;
        return isFirst
                && (others.started == 0
                        || (others.started < MOST_STARTED && !others.mayReturn && !servers.equals(ServerLoad.UNKNOWN)));
    }

    /** The request is started, whether it was parked or not. */
    void started(long offset, String key, Set<String> servers) {
        remove(offset);
        Key others = keys.computeIfAbsent(key, added -> new Key());
        others.started++;
        others.mayReturn |= servers.equals(ServerLoad.UNKNOWN);
        behead(others);
    }

    /** A started request is not in progress any more. */
    void ended(String key) {
        Key others = Objects.requireNonNull(keys.get(key));
        others.started--;
        if (others.started == 0) {
            others.mayReturn = false;
            if (others.parked.isEmpty()) {
                keys.remove(key);
            } else {
                addHead(others.parked.first());
            }
        }
    }

    /**
     * The request is left in Kafka for now.
     *
     * @param receivedNanos when it was received, as {@link System#nanoTime}
     */
    void park(long offset, String key, Set<String> servers, long receivedNanos) {
        Key others = keys.computeIfAbsent(key, added -> new Key());
        behead(others);
        others.parked.add(offset);
        requests.put(offset, new Request(key, servers, receivedNanos));
        if (others.started == 0) {
            addHead(others.parked.first());
        }
    }

    boolean has(long offset) {
        return requests.containsKey(offset);
    }

    /** What it needs; null if it is not parked. */
    @Nullable Set<String> servers(long offset) {
        Request request = requests.get(offset);
        return request == null ? null : request.servers();
    }

    /** When it was received, as {@link System#nanoTime}; null if it is not parked. */
    @Nullable Long receivedNanos(long offset) {
        Request request = requests.get(offset);
        return request == null ? null : request.receivedNanos();
    }

    /** Forgets it, and returns its key; null if it is not parked. */
    @Nullable String remove(long offset) {
        Request request = requests.remove(offset);
        if (request == null) {
            return null;
        }
        Key others = Objects.requireNonNull(keys.get(request.key()));
        removeHead(offset, request);
        others.parked.remove(offset);
        if (others.started == 0 && others.parked.isEmpty()) {
            keys.remove(request.key());
        } else if (others.started == 0) {
            addHead(others.parked.first());
        }
        return request.key();
    }

    /** The first one that may be started, if there is room for what it needs. */
    Optional<Long> firstStartable(Predicate<Set<String>> room) {
        long first = Long.MAX_VALUE;
        for (Map.Entry<Set<String>, TreeSet<Long>> next : heads.entrySet()) {
            if (next.getValue().first() < first && room.test(next.getKey())) {
                first = next.getValue().first();
            }
        }
        return first == Long.MAX_VALUE ? Optional.empty() : Optional.of(first);
    }

    /** What those need that wait only for room, and were received before then. */
    Stream<Set<String>> waitingSince(long thenNanos) {
        return heads.entrySet().stream()
                .filter(next ->
                        Objects.requireNonNull(requests.get(next.getValue().first()))
                                                .receivedNanos()
                                        - thenNanos
                                <= 0)
                .map(Map.Entry::getKey);
    }

    /** The keys of those that need what is accepted; a key for each. */
    List<String> keys(Predicate<Set<String>> accepted) {
        return requests.values().stream()
                .filter(request -> accepted.test(request.servers()))
                .map(Request::key)
                .toList();
    }

    /** How many there are, by what they need. */
    Map<Set<String>, Long> counts() {
        return requests.values().stream().collect(Collectors.groupingBy(Request::servers, Collectors.counting()));
    }

    /** Those in a range that were not seen there. */
    List<Long> missing(long from, long to, Set<Long> seen) {
        Set<Long> missing = new HashSet<>(requests.subMap(from, to).keySet());
        missing.removeAll(seen);
        return missing.stream().sorted().toList();
    }

    int size() {
        return requests.size();
    }

    boolean isEmpty() {
        return requests.isEmpty() && keys.isEmpty();
    }

    private void addHead(long offset) {
        heads.computeIfAbsent(Objects.requireNonNull(requests.get(offset)).servers(), added -> new TreeSet<>())
                .add(offset);
    }

    private void behead(Key key) {
        if (!key.parked.isEmpty()) {
            long first = key.parked.first();
            removeHead(first, Objects.requireNonNull(requests.get(first)));
        }
    }

    private void removeHead(long offset, Request request) {
        TreeSet<Long> same = heads.get(request.servers());
        if (same != null) {
            same.remove(offset);
            if (same.isEmpty()) {
                heads.remove(request.servers());
            }
        }
    }
}
