package io.tenantry.worker.cli.rollout.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** How many tenants are answered in a second, over the last minute. For one thread. */
final class Rate {
    private static final long WINDOW_NANOS = 60_000_000_000L;
    /** A shorter time shows no reliable rate. */
    private static final long SHORTEST_NANOS = 2_000_000_000L;

    private record Sample(long nanos, int answered) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** @param nanos as {@link System#nanoTime} has it */
    void add(long nanos, int answered) {
        if (!samples.isEmpty() && answered < samples.getLast().answered()) {
            // Tenants were sent again.
            samples.clear();
        }
        samples.add(new Sample(nanos, answered));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Empty while too little is known. */
    OptionalDouble perSecond() {
        if (samples.isEmpty()) {
            return OptionalDouble.empty();
        }
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        int answered = samples.getLast().answered() - samples.getFirst().answered();
        return nanos < SHORTEST_NANOS ? OptionalDouble.empty() : OptionalDouble.of(answered * 1e9 / nanos);
    }
}
