package io.tenantry.worker.intake;

import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.settle.Coordinates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are started and which are parked, so that a slow or absent server neither uses up the worker's
 * memory nor blocks requests for other servers. For the poll thread alone, unless a method says otherwise.
 */
final class Admission {
    /** What a started request takes besides its record: the request, its task, its lane, its place in the maps. */
    private static final long STARTED_BYTES = 2000;
    /** The record is in the memory as it was received, and decoded. */
    private static final int COPIES = 2;
    /** Of a parked one, with its key. */
    private static final long PARKED_BYTES = 450;

    private static final String SIGNUPS = "signups ";
    private static final String MIGRATIONS = "migrations ";

    private record Refused(Request request, Set<String> servers) {}

    /** One that was parked before is not passed any more by new ones for the same server. */
    private static final Duration LONGEST_PASSED = Duration.ofSeconds(5);

    private final Function<TenantRequest, Set<String>> needs;
    private final MemoryLimits limits;
    private final LongSupplier nanoTime;
    private final ServerLoad load;
    private final Map<TopicPartition, Parked> partitions = new HashMap<>();
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
    private final AtomicInteger parked = new AtomicInteger();
    private final ParkedSignups signups = new ParkedSignups();

    /**
     * @param needs the servers of a request; empty if only the registry knows them
     * @param nanoTime as {@link System#nanoTime}
     */
    Admission(Function<TenantRequest, Set<String>> needs, MemoryLimits limits, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.needs = needs;
        this.limits = limits;
        this.load = new ServerLoad(limits.ofServer());
    }

    /** The place of a request that may be started now. Otherwise it is parked, and null is returned. */
    ServerLoad.@Nullable Place admit(ConsumerRecord<byte[], byte[]> received, Request request) {
        Set<String> known = needs.apply(request.data());
        Set<String> servers = known.isEmpty() ? ServerLoad.UNKNOWN : parts(known, request);
        Coordinates coordinates = Coordinates.of(received);
        Parked others = partitions.computeIfAbsent(coordinates.partition(), added -> new Parked());
        @Nullable Set<String> earlier = others.servers(received.offset());
        if (earlier != null && !earlier.equals(ServerLoad.UNKNOWN)) {
            // The registry was asked before.
            servers = earlier;
        }
        boolean room = earlier == null ? load.hasRoomForNew(servers) : load.hasRoom(servers);
        if (!room || !others.mayStart(received.offset(), request.key(), servers)) {
            park(coordinates, request.key(), servers);
            return null;
        }
        others.started(received.offset(), request.key(), servers);
        if (earlier != null) {
            unparked(request.key(), earlier);
        }
        ServerLoad.Place place = load.take(servers, STARTED_BYTES + COPIES * bytes(received));
        request.signupParked(() -> signups.has(request.key()));
        request.admitBy(found -> {
            Set<String> parts = parts(found, request);
            boolean admitted = place.move(parts);
            if (!admitted) {
                refused.add(new Refused(request, parts));
            }
            return admitted;
        });
        return place;
    }

    /** Each server has a part for signups and one for migrations, so that a rollout does not keep signups out. */
    private static Set<String> parts(Set<String> servers, Request request) {
        String kind = request.data() instanceof TenantCreated ? SIGNUPS : MIGRATIONS;
        return servers.stream().map(server -> kind + server).collect(Collectors.toSet());
    }

    private void park(Coordinates coordinates, String key, Set<String> servers) {
        Parked others = partitions.computeIfAbsent(coordinates.partition(), added -> new Parked());
        if (!others.has(coordinates.offset())) {
            others.park(coordinates.offset(), key, servers, nanoTime.getAsLong());
            parked.incrementAndGet();
            if (isSignup(servers)) {
                signups.add(key);
            }
        }
    }

    private void unparked(String key, Set<String> servers) {
        parked.decrementAndGet();
        if (isSignup(servers)) {
            signups.remove(key);
        }
    }

    private static boolean isSignup(Set<String> servers) {
        return servers.stream().anyMatch(server -> server.startsWith(SIGNUPS));
    }

    /** Parks those that were started, and found no room at their servers when they knew them. */
    void parkRefused(InFlight inFlight) {
        for (Refused next = refused.poll(); next != null; next = refused.poll()) {
            Coordinates coordinates = Coordinates.of(next.request().ref());
            if (inFlight.remove(coordinates, next.request()) != null) {
                park(coordinates, next.request().key(), next.servers());
                inFlight.remember(coordinates, next.request());
            }
        }
    }

    /** A started one is not on its way any more. */
    void ended(Coordinates coordinates, InFlight.Entry entry) {
        entry.place().end();
        Parked others = partitions.get(coordinates.partition());
        if (others != null) {
            others.ended(entry.request().key());
            if (others.isEmpty()) {
                partitions.remove(coordinates.partition());
            }
        }
    }

    boolean isParked(Coordinates coordinates) {
        Parked others = partitions.get(coordinates.partition());
        return others != null && others.has(coordinates.offset());
    }

    /** Forgets one that will not be read again, and returns its key. */
    @Nullable String forget(Coordinates coordinates) {
        Parked others = partitions.get(coordinates.partition());
        @Nullable Set<String> servers = others == null ? null : others.servers(coordinates.offset());
        if (others == null || servers == null) {
            return null;
        }
        @Nullable String key = others.remove(coordinates.offset());
        if (key != null) {
            unparked(key, servers);
        }
        return key;
    }

    /** The partitions that have parked requests. */
    List<TopicPartition> partitions() {
        List<TopicPartition> some = new ArrayList<>();
        partitions.forEach((partition, others) -> {
            if (others.size() > 0) {
                some.add(partition);
            }
        });
        return some;
    }

    /** The first parked one that may be started. */
    Optional<Long> firstStartable(TopicPartition partition) {
        Parked others = partitions.get(partition);
        return others == null ? Optional.empty() : others.firstStartable(load::hasRoom);
    }

    /** The same, if there is room for many. */
    Optional<Long> firstOfMany(TopicPartition partition) {
        Parked others = partitions.get(partition);
        return others == null ? Optional.empty() : others.firstStartable(load::hasMuchRoom);
    }

    /**
     * Before each poll: where parked ones have waited for long, no new ones take the room before them.
     *
     * @param stuck partitions whose parked ones cannot be read now, so that nothing can be kept for them
     */
    void keepRoom(Predicate<TopicPartition> stuck) {
        if (parked.get() == 0) {
            load.keepRoomAt(Set.of());
            return;
        }
        long then = nanoTime.getAsLong() - LONGEST_PASSED.toNanos();
        Set<String> kept = new HashSet<>();
        partitions.forEach((partition, others) -> {
            if (!stuck.test(partition)) {
                others.waitingSince(then).map(this::lacking).forEach(kept::addAll);
            }
        });
        load.keepRoomAt(kept);
    }

    /** What to keep for a request: at the one server that it waits for, or all. If it waits for several, none is kept idle. */
    private Set<String> lacking(Set<String> servers) {
        Set<String> full =
                servers.stream().filter(server -> !load.hasRoom(Set.of(server))).collect(Collectors.toSet());
        return switch (full.size()) {
            case 0 -> servers;
            case 1 -> full;
            default -> Set.of();
        };
    }

    /** How many are parked, by the servers that they need. */
    Map<Set<String>, Long> parkedByServers() {
        Map<Set<String>, Long> counts = new HashMap<>();
        partitions
                .values()
                .forEach(others -> others.counts().forEach((servers, count) -> {
                    counts.merge(servers, count, Long::sum);
                }));
        return counts;
    }

    /** Parked ones in a range of offsets that were not seen there. */
    List<Long> missing(TopicPartition partition, long from, long to, Set<Long> seen) {
        Parked others = partitions.get(partition);
        return others == null ? List.of() : others.missing(from, to, seen);
    }

    void drop(Set<TopicPartition> gone) {
        for (TopicPartition partition : gone) {
            Parked others = partitions.remove(partition);
            if (others != null) {
                parked.addAndGet(-others.size());
                others.keys(Admission::isSignup).forEach(signups::remove);
            }
        }
    }

    /** Whether there is no memory for more parked ones. */
    boolean isFull() {
        return parked.get() * PARKED_BYTES >= limits.parked();
    }

    /** How many are parked. Read from any thread. */
    int parked() {
        return parked.get();
    }

    static long bytes(ConsumerRecord<byte[], byte[]> received) {
        long bytes = (long) Math.max(0, received.serializedKeySize()) + Math.max(0, received.serializedValueSize());
        for (Header header : received.headers()) {
            bytes += 100 + header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }
}
