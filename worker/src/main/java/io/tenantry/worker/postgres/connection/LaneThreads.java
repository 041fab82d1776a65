package io.tenantry.worker.postgres.connection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides the lanes' threads among the servers. A server that does not answer keeps every thread that works on it, so
 * it must not get all of them. Each server has some threads of its own, one of them for signups only; the others are
 * shared. Safe for use by many threads.
 */
public final class LaneThreads {
    private final int count;
    /** Threads that only this server gets. */
    private final int reserved;
    /** How many of those are kept for signups, while no signup is worked on. */
    private final int keptForSignups;

    private final Map<String, Usage> usages = new HashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private int free;
    /** Free threads that are reserved for one server each, over all servers. */
    private int promised;

    private static final class Usage {
        private int signups;
        private int others;
        private int promised;
    }

    /**
     * @param wanted how many tenants to work on at the same time. With several servers there are at least two for each
     *     server, or one for each if only one is wanted
     */
    public LaneThreads(int wanted, Collection<String> servers) {
        int several = Math.max(1, servers.size());
        int least = several == 1 ? 1 : wanted == 1 ? several : 2 * several;
        count = Math.max(wanted, least);
        keptForSignups = count >= 2 * several ? 1 : 0;
        reserved = Math.max(1 + keptForSignups, count / (2 * several));
        free = count;
        for (String server : servers) {
            Usage usage = new Usage();
            usage.promised = promised(usage);
            promised += usage.promised;
            usages.put(server, usage);
        }
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** Takes a thread for work on this server; false if the free ones are reserved for other servers. */
    synchronized boolean tryBegin(String server, boolean signup) {
        Usage usage = usage(server);
        count(usage, signup, 1);
        if (free < promised) {
            count(usage, signup, -1);
            return false;
        }
        return true;
    }

    /** Gives a thread back, and tells the listeners. Hold no lock that a listener takes. */
    void end(String server, boolean signup) {
        List<Runnable> told;
        synchronized (this) {
            count(usage(server), signup, -1);
            told = List.copyOf(listeners);
        }
        told.forEach(Runnable::run);
    }

    /** Called after each {@link #end}, by its thread. */
    synchronized void whenEnded(Runnable listener) {
        listeners.add(listener);
    }

    private Usage usage(String server) {
        Usage usage = usages.get(server);
        if (usage == null) {
            throw new IllegalArgumentException("server " + server + " has no share of the threads");
        }
        return usage;
    }

    private void count(Usage usage, boolean signup, int change) {
        if (signup) {
            usage.signups += change;
        } else {
            usage.others += change;
        }
        free -= change;
        int now = promised(usage);
        promised += now - usage.promised;
        usage.promised = now;
    }

    private int promised(Usage usage) {
        int unused = Math.max(0, reserved - usage.signups - usage.others);
        return Math.max(unused, Math.max(0, keptForSignups - usage.signups));
    }
}
