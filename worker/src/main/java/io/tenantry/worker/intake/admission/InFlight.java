package io.tenantry.worker.intake.admission;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.request.Patience;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records whose requests are in progress, of the partitions that are assigned now. For the poll thread alone; other
 * threads read the size.
 */
public final class InFlight {
    /** A record and its request. */
    public record Entry(ConsumerRecord<byte[], byte[]> received, Request request, ServerLoad.Place place) {}

    private static final int MOST_REMEMBERED = 10_000;

    private final Admission admission;
    private final Map<Coordinates, Entry> entries = new HashMap<>();
    /** In order of arrival; the first one is started, the others wait for its answer. */
    private final Map<Identity, Deque<Coordinates>> byIdentity = new HashMap<>();

    private final List<Entry> startable = new ArrayList<>();
    private final Map<Coordinates, Remembered> remembered = new LinkedHashMap<>();
    private volatile int size;
    /** Of the poll thread alone. */
    private int signups;

    public InFlight(Admission admission) {
        this.admission = admission;
    }

    /** The identity of a request, as in the ledger. */
    private record Identity(String source, String id, String type) {
        static Identity of(Entry entry) {
            return of(entry.request().ref());
        }

        static Identity of(RequestRef ref) {
            return new Identity(ref.source(), ref.id(), ref.type());
        }
    }

    private record Remembered(Identity identity, Patience patience) {}

    /**
     * That of an earlier request for this record, if it was parked or its partition went away and came back; else a new
     * one.
     */
    public Patience patience(RequestRef ref) {
        Remembered before = remembered.remove(Coordinates.of(ref));
        return before == null || !before.identity().equals(Identity.of(ref)) ? new Patience() : before.patience();
    }

    /** When the request of this record was received: earlier than now if it was parked since. */
    public long receivedNanos(Coordinates coordinates, long nowNanos) {
        Long parked = admission.receivedNanos(coordinates);
        return parked == null ? nowNanos : parked;
    }

    /** Keeps the patience for the next request for this record. */
    void remember(Coordinates coordinates, Request request) {
        if (!request.patience().isNew()) {
            remembered.put(coordinates, new Remembered(Identity.of(request.ref()), request.patience()));
            if (remembered.size() > MOST_REMEMBERED) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        }
    }

    /** The entry of a request that may be started now; null if it is parked, and its record will be read again. */
    public @Nullable Entry admit(ConsumerRecord<byte[], byte[]> received, Request request) {
        ServerLoad.Place place = admission.admit(received, request);
        if (place == null) {
            remember(Coordinates.of(received), request);
            return null;
        }
        return new Entry(received, request, place);
    }

    /** The record has an answer without having been started: it is not read again. */
    public void unpark(Coordinates coordinates) {
        admission.forget(coordinates);
    }

    /**
     * Adds a request. It must not run beside another one of its identity: when that one is answered, the ledger decides
     * what this one gets.
     *
     * @param entry of coordinates that are not in progress
     * @return whether it may be started now; else {@link #takeStartable} returns it when it may
     */
    public boolean add(Coordinates coordinates, Entry entry) {
        entries.put(coordinates, entry);
        size = entries.size();
        Deque<Coordinates> same = byIdentity.computeIfAbsent(Identity.of(entry), identity -> new ArrayDeque<>());
        same.add(coordinates);
        signups += same.size() == 1 ? signup(entry) : 0;
        return same.size() == 1;
    }

    /** The requests that had to wait, and may be started now. */
    public List<Entry> takeStartable() {
        List<Entry> taken = startable.stream()
                .filter(entry -> find(Coordinates.of(entry.received()), entry.request()) != null)
                .toList();
        startable.clear();
        return taken;
    }

    public boolean has(Coordinates coordinates) {
        return entries.containsKey(coordinates);
    }

    /**
     * Null if this request is not in progress, for example because its partition went away and its record was read
     * again.
     */
    public @Nullable Entry remove(Coordinates coordinates, Request request) {
        Entry entry = find(coordinates, request);
        if (entry != null) {
            forget(coordinates, entry);
        }
        return entry;
    }

    private @Nullable Entry find(Coordinates coordinates, Request request) {
        Entry entry = entries.get(coordinates);
        return entry == null || entry.request() != request ? null : entry;
    }

    /**
     * The partitions went away, and their requests are disowned. If a partition comes back, its records are read again,
     * in order, as new requests behind the one that may still run. A lane that kept some of the old requests would run
     * or answer them out of order.
     */
    public void drop(Set<TopicPartition> partitions) {
        for (Map.Entry<Coordinates, Entry> next : List.copyOf(entries.entrySet())) {
            if (partitions.contains(next.getKey().partition())) {
                next.getValue().request().disown();
                remember(next.getKey(), next.getValue().request());
                forget(next.getKey(), next.getValue());
            }
        }
    }

    private void forget(Coordinates coordinates, Entry entry) {
        entries.remove(coordinates);
        admission.ended(coordinates, entry);
        size = entries.size();
        Deque<Coordinates> same = Objects.requireNonNull(byIdentity.get(Identity.of(entry)));
        boolean wasStarted = coordinates.equals(same.peek());
        signups -= wasStarted ? signup(entry) : 0;
        same.remove(coordinates);
        if (same.isEmpty()) {
            byIdentity.remove(Identity.of(entry));
        } else if (wasStarted) {
            Entry next = Objects.requireNonNull(entries.get(same.peek()));
            startable.add(next);
            signups += signup(next);
        }
    }

    public int size() {
        return size;
    }

    /** Those of them that bring a new tenant, and do not wait for one of the same identity. */
    public int signups() {
        return signups;
    }

    private static int signup(Entry entry) {
        return entry.request().isSignup() ? 1 : 0;
    }
}
