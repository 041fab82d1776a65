package io.tenantry.worker.lane;

/**
 * The tasks that could go on now, given a thread and a connection: those of all lanes but the ones whose head waits for
 * something else. Guarded by the lock of {@link Lanes}.
 */
final class Workload {
    /**
     * What a lane adds, or all of them.
     *
     * @param tasks that could go on, one after the other
     * @param waiting tasks that wait for something else
     * @param lackConnection heads that wait for a connection
     */
    record Part(int tasks, int waiting, int lackConnection) {
        static final Part NONE = new Part(0, 0, 0);

        private Part plus(Part other) {
            return new Part(tasks + other.tasks, waiting + other.waiting, lackConnection + other.lackConnection);
        }

        private Part minus(Part other) {
            return new Part(tasks - other.tasks, waiting - other.waiting, lackConnection - other.lackConnection);
        }

        /** Whether any task could go on. */
        boolean isAny() {
            return tasks > 0;
        }

        /**
         * Whether there is more work than so many threads can do at once.
         *
         * @param inFlight requests that are in progress, with or without a task here
         */
        boolean exceeds(int threads, int inFlight) {
            return tasks > threads || inFlight - waiting > threads;
        }

        /** Whether there is more work than the connections can do at once. */
        boolean lacksConnections() {
            return lackConnection > 0;
        }
    }

    private Part all = Part.NONE;
    private Part interactive = Part.NONE;

    /** To be called after each change of the lane. */
    void update(Lane lane) {
        all = all.minus(lane.counted);
        interactive = interactive.minus(lane.countedInteractive);
        lane.counted = lane.part();
        lane.countedInteractive = lane.interactivePart();
        all = all.plus(lane.counted);
        interactive = interactive.plus(lane.countedInteractive);
    }

    /** What all lanes have. */
    Part all() {
        return all;
    }

    /** The tasks for which a person waits, but for those behind a head that could go on. */
    Part interactive() {
        return interactive;
    }
}
