package io.tenantry.worker.settle;

/** Whether a worker has more work than it can do at once: then an outcome waits for others, to share their transaction. */
@FunctionalInterface
public interface Saturation {
    /**
     * May be called by any thread.
     *
     * @param signup whether a signup's outcome is among those that wait. Signups go first, so only other signups may make
     *     one wait: the work of migrations does not count
     */
    boolean isReached(boolean signup);
}
