package io.tenantry.worker.housekeeping;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The servers whose homes the sweep leaves out for now: their homes would take the turns of the others, and not be seen. A
 * server that is away is asked again after a minute, one without a free connection after some seconds. For one thread.
 */
public final class RestingServers {
    private static final Duration AWAY = Duration.ofMinutes(1);
    private static final Duration BUSY = Duration.ofSeconds(5);

    private final Set<String> servers;
    private final Predicate<String> isAway;
    private final LongSupplier nanoTime;
    private final Map<String, Rest> away = new HashMap<>();
    private final Map<String, Rest> busy = new HashMap<>();

    private record Rest(long sinceNanos, Duration length) {}

    /**
     * None rests yet.
     *
     * @param servers the names of all that are configured
     * @param isAway whether other parts of the worker know that a server is away; they ask it again themselves
     * @param nanoTime as {@link System#nanoTime}
     */
    public RestingServers(Set<String> servers, Predicate<String> isAway, LongSupplier nanoTime) {
        this.servers = Set.copyOf(servers);
        this.isAway = isAway;
        this.nanoTime = nanoTime;
    }

    /** A look has found the server away. */
    void foundAway(String server) {
        away.put(server, new Rest(nanoTime.getAsLong(), AWAY));
    }

    /** The server had no free connection for a look. */
    void foundBusy(String server) {
        busy.put(server, new Rest(nanoTime.getAsLong(), BUSY));
    }

    /** Whether the server is not to be asked now. */
    boolean isAway(String server) {
        return isAway.test(server) || rests(away, server);
    }

    /** The names of those whose homes are left out. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        for (String server : servers) {
            if (isAway(server) || rests(busy, server)) {
                names.add(server);
            }
        }
        return names;
    }

    private boolean rests(Map<String, Rest> resting, String server) {
        Rest rest = resting.get(server);
        return rest != null
                && nanoTime.getAsLong() - rest.sinceNanos() < rest.length().toNanos();
    }
}
