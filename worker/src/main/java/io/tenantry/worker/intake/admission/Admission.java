package io.tenantry.worker.intake.admission;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are started and which are parked, so that a slow or absent server neither uses up the worker's
 * memory nor blocks requests for other servers. For the poll thread alone, unless a method says otherwise.
 */
public final class Admission {
    /** What a started request takes besides its record: the request, its task, its lane, its entries in maps. */
    private static final long STARTED_BYTES = 2000;
    /** A record is in memory twice: as it was received, and decoded. */
    private static final int COPIES = 2;
    /** What a parked request takes, with its key. */
    private static final long PARKED_BYTES = 450;
    /** What its identity takes besides, if it is kept. */
    private static final long IDENTITY_BYTES = 400;
    /** A parked request that was received so long ago is not passed by new requests for the same server. */
    private static final Duration LONGEST_PASSED = Duration.ofSeconds(5);

    private record Refused(Request request, Set<String> servers) {}

    private final Function<TenantRequest, Set<String>> needs;
    private final MemoryLimits limits;
    private final LongSupplier nanoTime;
    private final ServerLoad load;
    private final ParkedRequests parked;
    /** Filled by threads of lanes. */
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();

    /**
     * Nothing is started or parked yet.
     *
     * @param needs the servers of a request; empty if only the registry knows them
     * @param nanoTime as {@link System#nanoTime}
     */
    public Admission(Function<TenantRequest, Set<String>> needs, MemoryLimits limits, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.needs = needs;
        this.limits = limits;
        this.load = new ServerLoad(limits.ofServer());
        this.parked = new ParkedRequests();
    }

    /** The place of a request that may be started now. Otherwise it is parked, and null is returned. */
    public ServerLoad.@Nullable Place admit(ConsumerRecord<byte[], byte[]> received, Request request) {
        Coordinates coordinates = Coordinates.of(received);
        @Nullable Set<String> earlier = parked.servers(coordinates);
        Set<String> servers = servers(request, earlier);
        boolean room = earlier == null ? load.hasRoomForNew(servers) : load.hasRoom(servers);
        if (!room || !parked.mayStart(coordinates, request.key(), servers)) {
            park(coordinates, request, servers);
            return null;
        }
        parked.started(coordinates, request.key(), servers);
        ServerLoad.Place place = load.take(servers, STARTED_BYTES + COPIES * RecordSize.of(received));
        request.signupParked(() -> parked.hasSignup(request.key()));
        request.admitBy(found -> isAdmitted(request, place, ServerLoad.parts(found, request)));
        return place;
    }

    /** @param earlier what the request needs as far as was known when it was parked; null if it was not */
    private Set<String> servers(Request request, @Nullable Set<String> earlier) {
        if (earlier != null && !earlier.equals(ServerLoad.UNKNOWN)) {
            return earlier;
        }
        Set<String> known = needs.apply(request.data());
        return known.isEmpty() ? ServerLoad.UNKNOWN : ServerLoad.parts(known, request);
    }

    /** Asked by the thread of a lane, when the registry has named the servers of a started request. */
    private boolean isAdmitted(Request request, ServerLoad.Place place, Set<String> servers) {
        boolean admitted = place.move(servers);
        if (!admitted) {
            refused.add(new Refused(request, servers));
        }
        return admitted;
    }

    /** Parks the requests that were started, and whose servers turned out to have no room. */
    public void parkRefused(InFlight inFlight) {
        for (Refused next = refused.poll(); next != null; next = refused.poll()) {
            Coordinates coordinates = Coordinates.of(next.request().ref());
            if (inFlight.remove(coordinates, next.request()) != null) {
                park(coordinates, next.request(), next.servers());
                inFlight.remember(coordinates, next.request());
            }
        }
    }

    private void park(Coordinates coordinates, Request request, Set<String> servers) {
        parked.park(coordinates, request.key(), servers, request.receivedNanos());
        if (request.data().rollout() != null) {
            parked.ofRollout(coordinates, request.ref());
        }
    }

    /** The identity of a parked request that may be a rollout's; null if it is not parked, or no rollout's. */
    public @Nullable RequestRef rolloutRequest(Coordinates coordinates) {
        return parked.rolloutRequest(coordinates);
    }

    /** A started request is not in progress any more. */
    void ended(Coordinates coordinates, InFlight.Entry entry) {
        entry.place().end();
        parked.ended(coordinates, entry.request().key());
    }

    /** When a parked request was received, as {@link System#nanoTime}; null if it is not parked. */
    public @Nullable Long receivedNanos(Coordinates coordinates) {
        return parked.receivedNanos(coordinates);
    }

    public boolean isParked(Coordinates coordinates) {
        return parked.has(coordinates);
    }

    /** Forgets a parked request that will not be read again, and returns its key; null if it is not parked. */
    public @Nullable String forget(Coordinates coordinates) {
        return parked.forget(coordinates);
    }

    /** The partitions that have parked requests. */
    public List<TopicPartition> partitions() {
        return parked.partitions();
    }

    /** The offset of the first parked request that may be started. */
    Optional<Long> firstStartable(TopicPartition partition) {
        return parked.firstStartable(partition, load::hasRoom);
    }

    /** The same, if there is room for many. */
    Optional<Long> firstOfMany(TopicPartition partition) {
        return parked.firstStartable(partition, load::hasMuchRoom);
    }

    /**
     * Before each poll: keeps the room at servers for requests that were received long ago, so that new ones do not take
     * it. The time before a request was parked counts: one that waited in its lane first, and was parked when its server
     * was known, gets the next room at once.
     *
     * @param stuck partitions whose parked requests cannot be read now; nothing is kept for them
     */
    public void keepRoom(Predicate<TopicPartition> stuck) {
        if (parked.size() == 0) {
            load.keepRoomAt(Set.of());
            return;
        }
        long then = nanoTime.getAsLong() - LONGEST_PASSED.toNanos();
        load.keepRoomAt(parked.waitingSince(then, stuck)
                .flatMap(servers -> lacking(servers).stream())
                .collect(Collectors.toSet()));
    }

    /**
     * Where to keep room for a request: at the one server that it waits for, or at all. Nowhere if it waits for several:
     * the room at one would stay unused until there is room at the others.
     */
    private Set<String> lacking(Set<String> servers) {
        Set<String> full =
                servers.stream().filter(server -> !load.hasRoom(Set.of(server))).collect(Collectors.toSet());
        return switch (full.size()) {
            case 0 -> servers;
            case 1 -> full;
            default -> Set.of();
        };
    }

    /** How many requests are parked, by the servers that they need. */
    Map<Set<String>, Long> parkedByServers() {
        return parked.counts();
    }

    /** The parked requests between two offsets whose records are not among those that were seen there. */
    List<Long> missing(TopicPartition partition, long from, long to, Set<Long> seen) {
        return parked.missing(partition, from, to, seen);
    }

    /** The partitions went away. */
    public void drop(Set<TopicPartition> gone) {
        parked.drop(gone);
    }

    /** Whether there is no memory for more parked requests. */
    public boolean isFull() {
        return parked.size() * PARKED_BYTES + parked.ofRollouts() * IDENTITY_BYTES >= limits.parked();
    }

    /** How many requests are parked. Read from any thread. */
    public int parked() {
        return parked.size();
    }
}
