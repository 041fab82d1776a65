package io.tenantry.worker.request.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Orders the work in this worker that only one session may do at a time at a place, for example running a script
 * outside a transaction in a PostgreSQL database. A waiter holds no thread and no connection. Another worker may be
 * doing such work, so the holder of the turn tries until it succeeds: one for each worker, not all. Safe for use by
 * many threads.
 */
final class ExclusiveQueue {
    private final Map<String, Deque<Turn>> queues = new HashMap<>();

    /** A place in the queue; who asked first is first. */
    final class Turn {
        private final String place;
        private @Nullable Runnable callback;

        private Turn(String place) {
            this.place = place;
        }

        /** Whether it is this one's turn. */
        boolean isHeld() {
            synchronized (queues) {
                Deque<Turn> queue = queues.get(place);
                return queue != null && queue.peek() == this;
            }
        }

        /** Calls back once, when it is this one's turn: at once if it is now. */
        void whenHeld(Runnable toCall) {
            synchronized (queues) {
                if (!isHeld()) {
                    callback = toCall;
                    return;
                }
            }
            toCall.run();
        }

        /** Leaves the queue, and calls the next one if it was this one's turn. May be called again. */
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
