package io.tenantry.worker.lane;

import java.util.Map;
import java.util.Set;

/** A piece of work of one lane, run until it is finished. Its methods are called by one thread at a time. */
public interface Task {
    /** Tasks of the same lane never run at the same time, and run in the order in which they were submitted. */
    String lane();

    /** What kind of work it is, as other tasks know it in {@link #overtakes}. */
    String kind();

    /**
     * The kinds of tasks of the same lane that it may run before although they were submitted earlier, when the first
     * one steps aside. It depends on the work, not on the priority among lanes.
     */
    Set<String> overtakes();

    /** Which of several waiting lanes goes first. */
    Priority priority();

    /**
     * Does what can be done now, and returns what should happen next. It must not block on another machine for long.
     */
    NextAction run();

    /**
     * There will be no further attempt: end the task with what is known.
     *
     * @param cause why the last attempt failed
     * @param attempts how many attempts there were
     */
    void exhausted(Exception cause, int attempts);

    /** The task ends unfinished, because the worker drains or does not own its work any more. */
    void abandoned();

    /** False when the task should be abandoned rather than run. Read from any thread. */
    boolean wanted();

    /** The task is the first of its lane now, and waits for a thread only. It may wait behind others again later. */
    default void ready() {}

    /** What the log lines of the thread that runs it have besides their message (slf4j's MDC), by name. */
    default Map<String, String> logFields() {
        return Map.of();
    }

    /** How many attempts failed before it was submitted, by an earlier task for the same work. */
    default int failedBefore() {
        return 0;
    }

    /** An attempt failed; {@link #exhausted} may follow. */
    default void failed() {}

    /** Lanes with a task of a higher priority (declared first) go first when threads are short. */
    enum Priority {
        /** A person waits for it, for example at a signup. */
        INTERACTIVE,
        /** Part of something larger. */
        BULK
    }
}
