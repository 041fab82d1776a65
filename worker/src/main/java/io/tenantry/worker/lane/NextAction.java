package io.tenantry.worker.lane;

import java.time.Duration;
import java.util.function.Consumer;

/** What is to happen next to a task that has just run. */
public sealed interface NextAction {
    /** Nothing: its outcome is handed over. */
    record Finished() implements NextAction {}

    /** Another attempt, after a backoff that grows; or none, if the attempts are used up. */
    record Retry(Exception cause) implements NextAction {}

    /** Run it again later; this is not a failure and spends no attempt. */
    sealed interface Waiting extends NextAction {
        /** What the task waits for. */
        Wait why();
    }

    /** Wait for a time. */
    sealed interface Timed extends Waiting {
        /** How long, from now. */
        Duration delay();
    }

    /** Run it again after a delay. */
    record Snooze(Duration delay, Wait why) implements Timed {}

    /**
     * Like {@link Snooze}, but tasks of the same lane that may overtake it go first: what it waits for may be one of
     * them.
     */
    record StepAside(Duration delay, Wait why) implements Timed {}

    /**
     * Run it again when something calls back.
     *
     * @param register is given the callback once; it may call it at once, and from any thread
     */
    record Await(Consumer<Runnable> register, Wait why) implements Waiting {}
}
