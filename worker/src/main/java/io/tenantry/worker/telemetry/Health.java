package io.tenantry.worker.telemetry;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Whether the process should continue (live), and whether it works now (ready). It is ready while no condition is
 * raised. A new process is starting, so it is not ready. Each condition is raised and cleared by one part of the worker;
 * outages that share a condition are counted by {@link Outages}. Safe for use by any thread.
 */
public final class Health {
    /** What can keep a worker from its work. */
    public enum Condition {
        /** It has not finished its start, or was told not to be ready. */
        STARTING,
        /** No broker answers. */
        KAFKA,
        /** A partition of the request topics cannot be read. */
        PARTITIONS,
        /** The committed offset of a partition cannot be read. */
        OFFSETS,
        /** The registry does not answer. */
        REGISTRY,
        /** A server of tenants does not answer. */
        SERVERS,
        /** The group has no share of the servers' connections left for this worker, or its share ran out. */
        CONNECTIONS,
        /** It is stopping: it finishes what runs, and takes nothing new. */
        DRAINING;

        /** The name in the body of the health endpoint. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Set<Condition> against = EnumSet.of(Condition.STARTING);
    private boolean live = true;

    /** True when the start is done; false takes that back. Other conditions are not changed. */
    public void ready(boolean ready) {
        set(Condition.STARTING, !ready);
    }

    /** Raises or clears a condition. */
    public void set(Condition condition, boolean raised) {
        if (raised) {
            raise(condition);
        } else {
            clear(condition);
        }
    }

    /** The process is not ready from now on. Raising a condition again changes nothing. */
    public synchronized void raise(Condition condition) {
        against.add(condition);
    }

    /** This condition no longer keeps the process from being ready. */
    public synchronized void clear(Condition condition) {
        against.remove(condition);
    }

    /** The process cannot recover and should be replaced. This is final. */
    public synchronized void dead() {
        live = false;
    }

    /** Whether the process can go on. */
    public synchronized boolean isLive() {
        return live;
    }

    /** Live, and no condition is raised. */
    public synchronized boolean isReady() {
        return live && against.isEmpty();
    }

    /** The conditions that are raised now, in the order of the enum; a copy. */
    public synchronized Set<Condition> conditions() {
        return Collections.unmodifiableSet(
                against.isEmpty() ? EnumSet.noneOf(Condition.class) : EnumSet.copyOf(against));
    }
}
