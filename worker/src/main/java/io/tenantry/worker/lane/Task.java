package io.tenantry.worker.lane;

/** A piece of work of one lane, run until it is finished. Its methods are called by one thread at a time. */
public interface Task {
    /** Tasks of the same lane never run at the same time, and run in the order in which they were submitted. */
    String lane();

    /** Which of several waiting lanes goes first. */
    Priority priority();

    /** Does what can be done now, and says what should happen next. It must not wait for anything far away. */
    Verdict run();

    /**
     * There will be no further attempt: end the task with what is known.
     *
     * @param cause why the last attempt failed
     * @param attempts how many attempts there were
     */
    void exhausted(Exception cause, int attempts);

    /** The lane lets go of the task unfinished, because the worker drains or the task is not its business any more. */
    void abandoned();

    /** False when the task should be abandoned rather than run. Read from any thread. */
    boolean wanted();

    /** Lanes with a task of a higher priority (declared first) go first when threads are short. */
    enum Priority {
        /** Somebody waits for it, as at a signup. */
        INTERACTIVE,
        /** Part of something larger. */
        BULK
    }
}
