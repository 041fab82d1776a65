package io.tenantry.worker.telemetry;

import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Creates the outages of a worker. The worker is not ready while an outage lasts. */
public final class Outages {
    private final Health health;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final List<Outage> made = new ArrayList<>();
    private final Map<Health.Condition, Integer> lasting = new EnumMap<>(Health.Condition.class);

    /**
     * @param clock for times that are shown
     * @param nanoTime as {@link System#nanoTime}
     */
    public Outages(Health health, Clock clock, LongSupplier nanoTime) {
        this.health = health;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** See {@link Outage}. Create one for each thing that may be away; it is used for as long as the worker lives. */
    public Outage of(String what, String consequence, Health.Condition condition) {
        Outage outage = new Outage(what, consequence, clock, nanoTime, away -> count(condition, away));
        synchronized (made) {
            made.add(outage);
        }
        return outage;
    }

    /** Ends all outages, because the parts of the worker that would notice an answer have ended. */
    public void forget() {
        List<Outage> all;
        synchronized (made) {
            all = List.copyOf(made);
        }
        all.forEach(Outage::forget);
    }

    private synchronized void count(Health.Condition condition, boolean away) {
        health.set(condition, lasting.merge(condition, away ? 1 : -1, Integer::sum) > 0);
    }
}
