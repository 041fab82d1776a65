package io.tenantry.worker.lane;

/**
 * The tasks that could go on now, given a thread and a connection: those of all lanes but the ones whose head waits for
 * something else. Guarded by the lock of {@link Lanes}.
 */
final class Workload {
    /**
     * What a lane adds.
     *
     * @param tasks that could go on, one after the other
     * @param waiting tasks that wait for something else
     * @param lackConnection 1 if its head waits for a connection, else 0
     * @param interactive 1 if its head could go on, and a person waits for it, else 0
     */
    record Part(int tasks, int waiting, int lackConnection, int interactive) {
        static final Part NONE = new Part(0, 0, 0, 0);
    }

    private int tasks;
    private int waiting;
    private int lackConnection;
    private int interactive;

    /** To be called after each change of the lane. */
    void update(Lane lane) {
        Part before = lane.counted;
        lane.counted = lane.part();
        tasks += lane.counted.tasks() - before.tasks();
        waiting += lane.counted.waiting() - before.waiting();
        lackConnection += lane.counted.lackConnection() - before.lackConnection();
        interactive += lane.counted.interactive() - before.interactive();
    }

    /** Whether any task could go on. */
    boolean isAny() {
        return tasks > 0;
    }

    /** Whether there are more heads for which a person waits than so many threads can do at once. */
    boolean interactiveExceeds(int threads) {
        return interactive > threads;
    }

    /**
     * Whether there is more work than so many threads, or than the connections, can do at once.
     *
     * @param inFlight requests that have no published result, with or without a task here
     */
    boolean exceeds(int threads, int inFlight) {
        return tasks > threads || inFlight - waiting > threads || lackConnection > 0;
    }
}
