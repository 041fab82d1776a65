package io.tenantry.worker.request.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Orders the work that only one session may do at a time in a place, for example a script outside a transaction in a
 * PostgreSQL database. A waiter holds no thread and no connection. A session of another worker may do such work, so the
 * request that holds the turn tries until it succeeds, while the other requests of this worker wait. Safe for use by
 * many threads.
 */
final class ExclusiveQueue {
    private final Map<String, Deque<Turn>> queues = new HashMap<>();

    /** A position in the queue, in the order of the calls of {@link #ask}. */
    final class Turn {
        private final String place;
        private @Nullable Runnable callback;

        private Turn(String place) {
            this.place = place;
        }

        /** Whether it is first in the queue. */
        boolean isHeld() {
            synchronized (queues) {
                Deque<Turn> queue = queues.get(place);
                return queue != null && queue.peek() == this;
            }
        }

        /** Calls back once, when it is first in the queue: at once if it is now. */
        void whenHeld(Runnable toCall) {
            synchronized (queues) {
                if (!isHeld()) {
                    callback = toCall;
                    return;
                }
            }
            toCall.run();
        }

        /** Leaves the queue, and calls the next one if this was the first. May be called again. */
        void end() {
            @Nullable Runnable next = null;
            synchronized (queues) {
                boolean held = isHeld();
                Deque<Turn> queue = queues.get(place);
                if (queue == null || !queue.remove(this)) {
                    return;
                }
                if (queue.isEmpty()) {
                    queues.remove(place);
                } else if (held) {
                    Turn first = queue.element();
                    next = first.callback;
                    first.callback = null;
                }
            }
            if (next != null) {
                next.run();
            }
        }
    }

    /** Joins the end of the queue. */
    Turn ask(String place) {
        Turn turn = new Turn(place);
        synchronized (queues) {
            queues.computeIfAbsent(place, none -> new ArrayDeque<>()).add(turn);
        }
        return turn;
    }
}
