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
     * @param lackConnection 1 if its head waits for a connection, else 0
     */
    record Part(int tasks, int lackConnection) {
        static final Part NONE = new Part(0, 0);
    }

    private int tasks;
    private int lackConnection;

    /** To be called after each change of the lane. */
    void update(Lane lane) {
        Part before = lane.counted;
        lane.counted = lane.part();
        tasks += lane.counted.tasks() - before.tasks();
        lackConnection += lane.counted.lackConnection() - before.lackConnection();
    }

    /** Whether there is more work than so many threads, or than the connections, can do at once. */
    boolean exceeds(int threads) {
        return tasks > threads || lackConnection > 0;
    }
}
