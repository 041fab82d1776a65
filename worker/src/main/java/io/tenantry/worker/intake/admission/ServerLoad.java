package io.tenantry.worker.intake.admission;

import io.tenantry.worker.request.Request;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The number of started requests and their bytes, by the servers that they need. Requests that wait, for a lock or an
 * unknown tenant for example, are not counted, so they do not keep others from being started. Safe for use by many
 * threads.
 */
public final class ServerLoad {
    /** Stands for the servers of requests whose servers only the registry knows, until it has answered. */
    static final Set<String> UNKNOWN = Set.of("");

    private static final String SIGNUPS = "signups ";
    private static final String MIGRATIONS = "migrations ";

    /**
     * Limits for the signups, or for the migrations, of one server.
     *
     * @param requests at work, or ready to work
     * @param started these, and requests that wait for a time or behind others
     * @param bytes of all that are started
     */
    public record Limits(int requests, int started, long bytes) {
        /** Half of the requests at work; requests that wait may wait for long, and need most of the other room. */
        Limits half() {
            return new Limits((requests + 1) / 2, started, bytes);
        }
    }

    private static final class Sum {
        private int requests;
        private int started;
        private long bytes;
    }

    private final Limits limits;
    private final Map<String, Sum> sums = new HashMap<>();
    private Set<String> kept = Set.of();

    ServerLoad(Limits limits) {
        this.limits = limits;
    }

    /**
     * What a request needs: each server has a part for signups and one for migrations, so that a rollout does not keep
     * signups out.
     */
    static Set<String> parts(Set<String> servers, Request request) {
        String kind = switch (request.data().type()) {
            case ONBOARDING -> SIGNUPS;
            case MIGRATION -> MIGRATIONS;
        };
        return servers.stream().map(server -> kind + server).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether these are parts for signups. */
    static boolean isSignup(Set<String> parts) {
        return parts.stream().anyMatch(part -> part.startsWith(SIGNUPS));
    }

    /** Whether one more request that needs these servers may be started. */
    synchronized boolean hasRoom(Set<String> servers) {
        return isBelow(servers, limits);
    }

    /** Whether there is room for many, so that it is worth going back for parked requests. */
    synchronized boolean hasMuchRoom(Set<String> servers) {
        return isBelow(servers, limits.half());
    }

    /** From now on the room at these servers is kept for parked requests. */
    synchronized void keepRoomAt(Set<String> servers) {
        kept = Set.copyOf(servers);
    }

    /** Whether one more request that was not parked before may be started. */
    synchronized boolean hasRoomForNew(Set<String> servers) {
        return servers.stream().noneMatch(kept::contains) && hasRoom(servers);
    }

    private boolean isBelow(Set<String> servers, Limits bounds) {
        for (String server : servers) {
            Sum sum = sums.get(server);
            if (sum != null
                    && (sum.requests >= bounds.requests()
                            || sum.started >= bounds.started()
                            || sum.bytes >= bounds.bytes())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes room for a request, whether there is any or not. The request counts as waiting until {@link Place#waits}.
     */
    synchronized Place take(Set<String> servers, long bytes) {
        Place place = new Place(servers, bytes);
        place.count(0, 1, bytes);
        return place;
    }

    /** The room that a started request takes. Safe for use by many threads. */
    final class Place {
        private Set<String> servers;
        private final long bytes;
        private boolean waits = true;
        private boolean ended;

        private Place(Set<String> servers, long bytes) {
            this.servers = servers;
            this.bytes = bytes;
        }

        /**
         * The registry has named the servers that the request needs.
         *
         * @return false if its servers were not known before, and one of these has no room: the place is given back,
         *     and the request must be started again later
         */
        boolean move(Set<String> known) {
            synchronized (ServerLoad.this) {
                if (ended || known.isEmpty() || known.equals(servers)) {
                    return true;
                }
                boolean refused = servers.equals(UNKNOWN) && !hasRoomForNew(known);
                if (refused) {
                    end();
                    return false;
                }
                count(waits ? 0 : -1, -1, -bytes);
                servers = known;
                count(waits ? 0 : 1, 1, bytes);
                return true;
            }
        }

        /** The request waits for a time or behind another one, or does so no longer. */
        void waits(boolean now) {
            synchronized (ServerLoad.this) {
                if (!ended && now != waits) {
                    waits = now;
                    count(now ? -1 : 1, 0, 0);
                }
            }
        }

        /** The request is not in progress any more. May be called again. */
        void end() {
            synchronized (ServerLoad.this) {
                if (!ended) {
                    ended = true;
                    count(waits ? 0 : -1, -1, -bytes);
                }
            }
        }

        private void count(int requests, int started, long bytes) {
            for (String server : servers) {
                Sum sum = sums.computeIfAbsent(server, added -> new Sum());
                sum.requests += requests;
                sum.started += started;
                sum.bytes += bytes;
            }
        }
    }
}
